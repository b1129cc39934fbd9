// SPDX-License-Identifier: Apache-2.0

import type { AcceptedClasses } from '../accept/classes.ts';
import type { AcceptedGateway, AcceptedListener } from '../accept/gateways.ts';
import { updateSorted } from '../changes.ts';
import type { GatewayOutcome, ListenerOutcome, Outcomes, Problem, RouteOutcome } from '../outcomes.ts';
import { errorFinding } from '../report.ts';
import { share } from '../share.ts';
import type { RouteSummary } from './route-summary.ts';
import type { TranslatedRoutes } from './routes.ts';

/** Sums up all objects that are ours. Outcomes that did not change keep their identity. */
export function publishOutcomes(
  parts: {
    readonly classes: AcceptedClasses;
    readonly gateways: ReadonlyMap<string, AcceptedGateway>;
    readonly routes: TranslatedRoutes;
    readonly summary: RouteSummary;
  },
  previous: Outcomes | undefined,
): Outcomes {
  const { attached } = parts.summary;
  const gateways = new Map<string, GatewayOutcome>();
  for (const [key, accepted] of parts.gateways) {
    gateways.set(key, share(previous?.gateways.get(key), gatewayOutcome(accepted, attached)));
  }
  const gatewayClasses = new Map(parts.classes.outcomes);
  return { gatewayClasses, gateways, grpcRoutes: routeOutcomes(parts.routes, previous?.grpcRoutes ?? new Map()) };
}

function routeOutcomes(
  { changes }: TranslatedRoutes,
  previous: ReadonlyMap<string, RouteOutcome>,
): ReadonlyMap<string, RouteOutcome> {
  const updates = new Map<string, RouteOutcome | undefined>();
  for (const [key, { before, after }] of changes)
    if (before?.outcome !== after?.outcome) updates.set(key, after?.outcome);
  return updateSorted(previous, updates);
}

/** Sums up a Gateway for its status. */
function gatewayOutcome(accepted: AcceptedGateway, attached: ReadonlyMap<string, number>): GatewayOutcome {
  const { listeners } = accepted;
  const invalid = listeners.filter(listener => listener.accepted !== null);
  return {
    controllerName: accepted.controllerName,
    addresses: accepted.addresses,
    accepted: accepted.refused ?? (invalid.length === listeners.length ? noValidListener(accepted, invalid) : null),
    invalidListeners: invalid.map(listener => listener.judged.spec.name),
    programmed: programmed(accepted),
    resolvedRefs: unresolvedListeners(accepted),
    listeners: listeners.map(listener => listenerOutcome(listener, attached)),
  };
}

function listenerOutcome(listener: AcceptedListener, attached: ReadonlyMap<string, number>): ListenerOutcome {
  const { judged } = listener;
  return {
    name: judged.spec.name,
    supportedKinds: judged.kinds,
    attachedRoutes: attached.get(judged.id) ?? 0,
    accepted: listener.accepted,
    conflicted: listener.conflicted,
    resolvedRefs: judged.resolvedRefs,
    programmed: listener.programmed,
    overlapping: listener.overlapping,
    note: listener.note,
  };
}

function noValidListener(
  accepted: AcceptedGateway,
  invalid: readonly AcceptedListener[],
): Problem<'ListenersNotValid'> {
  const finding = errorFinding('gateway/no-valid-listener', accepted.gateway, {
    path: ['spec', 'listeners'],
    message: `No listener is valid: ${invalid.map(listener => listener.accepted?.finding.message).join('; ')}`,
    help: invalid[0]?.accepted?.finding.help ?? '',
  });
  return { reason: 'ListenersNotValid', finding };
}

function programmed(accepted: AcceptedGateway): GatewayOutcome['programmed'] {
  if (accepted.refused !== null) return { reason: 'Invalid', finding: accepted.refused.finding };
  const { listeners } = accepted;
  if (listeners.some(listener => listener.programmed === null)) return null;
  const unusable = listeners.find(listener => listener.bindFailure === 'address-not-available');
  const problem = (unusable ?? listeners[0])?.programmed;
  if (problem == null) return null;
  return { reason: unusable === undefined ? 'Invalid' : 'AddressNotUsable', finding: problem.finding };
}

function unresolvedListeners(accepted: AcceptedGateway): GatewayOutcome['resolvedRefs'] {
  const first = accepted.listeners.find(listener => listener.judged.resolvedRefs !== null);
  const problem = first?.judged.resolvedRefs;
  return problem == null ? null : { reason: 'ListenersNotResolved', finding: problem.finding };
}
