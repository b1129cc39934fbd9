// SPDX-License-Identifier: Apache-2.0

import type { Gateway } from '../../resources/index.ts';
import { formatNamespacedName, shareMap } from '../../values/index.ts';
import type { AcceptedClasses } from '../accept/classes.ts';
import { type AcceptedGateway, listenersByOwner } from '../accept/gateways.ts';
import type { AcceptedSets } from '../accept/listener-sets.ts';
import type { FrontendGroups } from '../arbitrate/frontend-groups.ts';
import type { SettledRoutes } from '../arbitrate/settled-routes.ts';
import type {
  AddressAssignment,
  GatewayOutcome,
  ListenerOutcome,
  MissingAddress,
  Outcomes,
  Problem,
} from '../outcomes.ts';
import type { TelemetryPolicies } from '../policies/telemetry-policies.ts';
import { findingOf } from '../report.ts';
import type { TranslatedRoutes } from '../rules/translated-routes.ts';
import type { AttachedRoutes } from './attached-routes.ts';
import { listenerOutcomes } from './listener-outcome.ts';
import { listenerSetOutcomes } from './listener-set-outcomes.ts';
import { type JudgedPolicy, policyOutcomes } from './policy-outcomes.ts';
import { telemetryOutcomes } from './telemetry-outcomes.ts';

/** Sums up all objects that are ours. Outcomes that did not change keep their identity. */
export function publishOutcomes(
  parts: {
    readonly classes: AcceptedClasses;
    readonly gateways: ReadonlyMap<string, AcceptedGateway>;
    readonly sets: AcceptedSets;
    readonly routes: TranslatedRoutes;
    readonly groups: FrontendGroups;
    readonly settled: SettledRoutes;
    readonly meshes: Outcomes['meshes'];
    readonly meshController: Outcomes['meshController'];
    readonly attached: AttachedRoutes;
    readonly policies: readonly JudgedPolicy[];
    readonly telemetry: TelemetryPolicies;
    /** See `TranslateEnvironment`. */
    readonly controllerName: string | null;
  },
  previous: Outcomes | undefined,
): Outcomes {
  const { attached, sets } = parts;
  const accepted = { gateways: parts.gateways.values(), attached };
  const listenerSets = shareMap(previous?.listenerSets, listenerSetOutcomes(sets, accepted));
  const gateways = new Map<string, GatewayOutcome>();
  for (const [key, accepted] of parts.gateways) gateways.set(key, gatewayOutcome(accepted, { attached, listenerSets }));
  const gatewayClasses = new Map(parts.classes.outcomes);
  const routes = parts.settled.outcomes;
  const meshes = shareMap(previous?.meshes, parts.meshes);
  const allPolicies = new Map([...policyOutcomes(parts.policies, parts), ...telemetryOutcomes(parts.telemetry, parts)]);
  const policies = shareMap(previous?.policies, allPolicies);
  const { meshController, controllerName } = parts;
  return {
    gatewayClasses,
    meshes,
    meshController,
    controllerName,
    gateways: shareMap(previous?.gateways, gateways),
    listenerSets,
    routes,
    policies,
  };
}

/** Sums up a Gateway for its status. */
function gatewayOutcome(
  accepted: AcceptedGateway,
  { attached, listenerSets }: { readonly attached: AttachedRoutes; readonly listenerSets: Outcomes['listenerSets'] },
): GatewayOutcome {
  const { gateway, controllerName, addresses, assignment, refused } = accepted;
  const listeners = listenerOutcomes(gateway, listenersByOwner(accepted), attached);
  const sum = sumUpListeners(gateway, listeners);
  return {
    controllerName,
    isDefault: gateway.spec.defaultScope === 'All',
    addresses,
    accepted: refused ?? sum.accepted,
    invalidListeners: sum.invalidListeners,
    assignment,
    programmed:
      refused === null
        ? (addressProblem(assignment) ?? sum.programmed)
        : { reason: 'Invalid', finding: refused.finding },
    resolvedRefs: accepted.clientCertificate.problem ?? unresolvedListeners(accepted),
    insecureClients: accepted.insecureClients,
    listeners,
    attachedListenerSets: countSets(accepted, listenerSets),
  };
}

/** How many ListenerSets are attached to a Gateway and accepted; null when it takes none. */
function countSets(
  { gateway, sets }: Pick<AcceptedGateway, 'gateway' | 'sets'>,
  outcomes: Outcomes['listenerSets'],
): number | null {
  if ((gateway.spec.allowedListeners?.namespaces.from ?? 'None') === 'None') return null;
  return sets.filter(({ metadata }) => outcomes.get(formatNamespacedName(metadata))?.accepted === null).length;
}

/**
 * Why a Gateway does not count as programmed for its addresses: one that it names cannot be had, or none is left. One of several that is
 * not given keeps the others from nothing (GEP-5093).
 */
export function addressProblem({ reported, missing }: AddressAssignment): MissingAddress | null {
  const unusable = missing.find(({ reason }) => reason === 'AddressNotUsable');
  return unusable ?? (reported.length === 0 ? (missing[0] ?? null) : null);
}

/** What a Gateway is because of its own listeners. */
export function sumUpListeners(
  gateway: Gateway,
  listeners: readonly ListenerOutcome[],
): Pick<GatewayOutcome, 'accepted' | 'invalidListeners' | 'programmed'> {
  const invalid = listeners.filter(listener => listener.accepted !== null);
  const programmed = listeners.some(listener => listener.programmed === null) ? null : listeners[0]?.programmed;
  return {
    accepted: invalid.length === listeners.length ? noValidListener(gateway, invalid) : null,
    invalidListeners: invalid.map(({ name }) => name),
    programmed:
      programmed == null
        ? null
        : { reason: programmed.reason === 'Pending' ? 'Pending' : 'Invalid', finding: programmed.finding },
  };
}

function noValidListener(gateway: Gateway, invalid: readonly ListenerOutcome[]): Problem<'ListenersNotValid'> {
  const finding = findingOf('gateway/no-valid-listener', gateway, {
    path: ['spec', 'listeners'],
    message: `No listener is valid: ${invalid.map(listener => listener.accepted?.finding.message).join('; ')}`,
    help: invalid[0]?.accepted?.finding.help ?? '',
  });
  return { reason: 'ListenersNotValid', finding };
}

function unresolvedListeners(accepted: AcceptedGateway): GatewayOutcome['resolvedRefs'] {
  const first = accepted.listeners.find(
    ({ judged }) => judged.owner === accepted.gateway && judged.resolvedRefs !== null,
  );
  const problem = first?.judged.resolvedRefs;
  return problem == null ? null : { reason: 'ListenersNotResolved', finding: problem.finding };
}
