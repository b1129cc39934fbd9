// SPDX-License-Identifier: Apache-2.0

import type { Gateway, ListenerSet, ResourceSet } from '../../resources/index.ts';
import type { BindFailure, BindFailures, Binding } from '../../snapshot/index.ts';
import { formatNamespacedName } from '../../values/index.ts';
import { portUnavailable } from '../accept/sockets.ts';
import { count } from '../changes.ts';
import type { ListenerOwner } from '../listener-site.ts';
import type { GatewayOutcome, ListenerOutcome, ListenerSetOutcome, Problem } from '../outcomes.ts';
import { findingOf } from '../report.ts';
import type { Translation } from '../translation.ts';
import { addressProblem, sumUpListeners } from './gateway-outcomes.ts';
import { sumUpSet } from './listener-set-outcomes.ts';

const ADDRESS_HELP =
  'Add the address to the machine (on Linux: ip route add local ADDRESS dev lo), or choose another address';

/** A socket that the OS refused, and why. */
interface RefusedSocket {
  readonly binding: Binding;
  readonly failure: BindFailure;
}

/**
 * What became of a translation when it was published: `failures` (by binding id) in the outcomes of the listeners that they
 * concern and of their Gateways and ListenerSets, with a finding for each. The snapshot stays as it is, so those sockets are
 * tried again. The result must not be given to `translate` as `previous`: it is for people and statuses.
 */
export function overlayBindFailures(
  translation: Translation,
  resources: Pick<ResourceSet, 'gateways' | 'listenerSets'>,
  failures: BindFailures,
): Translation {
  if (failures.size === 0) return translation;
  const refused = refusedSockets(translation.snapshot.bindings, failures);
  if (refused.size === 0) return translation;
  const problems: Pick<Problem, 'finding'>[] = unboundFrontends(translation.snapshot.bindings, failures);
  const lost = new Map<string, number>();
  const listenerSets = overlayAll(translation.outcomes.listenerSets, resources.listenerSets, (set, outcome) => {
    const after = overlaySet(set, outcome, { refused, problems });
    if (outcome.accepted === null && after.accepted !== null) count(lost, outcome.gateway ?? '', 1);
    return after;
  });
  const gateways = overlayAll(translation.outcomes.gateways, resources.gateways, (gateway, outcome) => {
    const after = overlayGateway(gateway, outcome, { refused, problems });
    const gone = lost.get(formatNamespacedName(gateway.metadata)) ?? 0;
    if (gone === 0 || after.attachedListenerSets === null) return after;
    return { ...after, attachedListenerSets: after.attachedListenerSets - gone };
  });
  return {
    ...translation,
    findings: [...translation.findings, ...problems.map(({ finding }) => finding)],
    outcomes: { ...translation.outcomes, gateways, listenerSets },
  };
}

/** Ports of Services have no condition that could say so: the Services are told of. */
function unboundFrontends(bindings: readonly Binding[], failures: BindFailures): Pick<Problem, 'finding'>[] {
  return bindings.flatMap(({ id, frontend, address, port }) => {
    const failure = failures.get(id);
    if (frontend === null || failure === undefined) return [];
    const { namespace, name } = frontend;
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { namespace, name } };
    const finding = findingOf('mesh/frontend-unbound', service, {
      message: `${address} port ${port}, where connections to port ${frontend.port} come, cannot be bound: ${failure.message}; its routes get none`,
      help:
        failure.code === 'address-not-available'
          ? ADDRESS_HELP
          : 'Free the port, or give the Service another clusterIP',
    });
    return [{ finding }];
  });
}

function overlayAll<Owner, Outcome>(
  outcomes: ReadonlyMap<string, Outcome>,
  owners: ReadonlyMap<string, Owner>,
  overlay: (owner: Owner, outcome: Outcome) => Outcome,
): ReadonlyMap<string, Outcome> {
  const overlaid = new Map<string, Outcome>();
  for (const [key, outcome] of outcomes) {
    const owner = owners.get(key);
    overlaid.set(key, owner === undefined ? outcome : overlay(owner, outcome));
  }
  return overlaid;
}

/** By listener id. */
function refusedSockets(bindings: readonly Binding[], failures: BindFailures): ReadonlyMap<string, RefusedSocket> {
  const refused = new Map<string, RefusedSocket>();
  for (const binding of bindings) {
    const failure = failures.get(binding.id);
    if (failure === undefined) continue;
    for (const { id } of binding.listeners) if (!refused.has(id)) refused.set(id, { binding, failure });
  }
  return refused;
}

interface Overlay {
  readonly refused: ReadonlyMap<string, RefusedSocket>;
  /** Those found are added. */
  readonly problems: Pick<Problem, 'finding'>[];
}

function overlayGateway(gateway: Gateway, outcome: GatewayOutcome, overlay: Overlay): GatewayOutcome {
  const { listeners, isChanged, unusable } = overlayListeners(gateway, outcome.listeners, overlay);
  if (!isChanged) return outcome;
  const { accepted, invalidListeners, programmed } = sumUpListeners(gateway, listeners);
  return {
    ...outcome,
    listeners,
    accepted,
    invalidListeners,
    programmed: addressProblem(outcome.assignment) ?? unboundAddress(programmed, unusable),
  };
}

function overlaySet(set: ListenerSet, outcome: ListenerSetOutcome, overlay: Overlay): ListenerSetOutcome {
  const { listeners, isChanged } = overlayListeners(set, outcome.listeners, overlay);
  return isChanged ? { ...outcome, listeners, ...sumUpSet(set, listeners) } : outcome;
}

function overlayListeners(
  owner: ListenerOwner,
  outcomes: readonly ListenerOutcome[],
  { refused, problems }: Overlay,
): { readonly listeners: readonly ListenerOutcome[]; readonly isChanged: boolean; readonly unusable: Problem | null } {
  let unusable: Problem | null = null;
  let isChanged = false;
  const listeners = outcomes.map((listener, index): ListenerOutcome => {
    const spec = owner.spec.listeners[index];
    const socket = refused.get(listener.id);
    if (socket === undefined || spec === undefined) return listener;
    const { binding, failure } = socket;
    const why = `${binding.address} port ${binding.port} cannot be bound: ${failure.message}`;
    const isForeign = failure.code === 'address-not-available';
    const problem = portUnavailable({ owner, index, spec }, why, isForeign ? ADDRESS_HELP : undefined);
    problems.push(problem);
    isChanged = true;
    if (isForeign) unusable ??= problem;
    return { ...listener, accepted: problem, programmed: problem };
  });
  return { listeners, isChanged, unusable };
}

/** That the machine does not have the address explains more than that a listener is invalid. */
function unboundAddress(
  programmed: GatewayOutcome['programmed'],
  unusable: Problem | null,
): GatewayOutcome['programmed'] {
  if (programmed === null || unusable === null) return programmed;
  return { reason: 'AddressNotUsable', finding: unusable.finding };
}
