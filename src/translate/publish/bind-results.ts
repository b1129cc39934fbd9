// SPDX-License-Identifier: Apache-2.0

import type { Gateway } from '../../resources/index.ts';
import type { BindFailure, BindFailures, Binding } from '../../snapshot/index.ts';
import { portUnavailable } from '../accept/sockets.ts';
import type { GatewayOutcome, ListenerOutcome, Problem } from '../outcomes.ts';
import type { Translation } from '../translation.ts';
import { sumUpListeners } from './gateway-outcomes.ts';

/** A socket that the OS refused, and why. */
interface RefusedSocket {
  readonly binding: Binding;
  readonly failure: BindFailure;
}

/**
 * What became of a translation when it was published: `failures` (by binding id) in the outcomes of the listeners that they
 * concern and of their Gateways, with a finding for each. The snapshot stays as it is, so those sockets are tried again. The
 * result must not be given to `translate` as `previous`: it is for people and statuses.
 */
export function overlayBindFailures(
  translation: Translation,
  gateways: ReadonlyMap<string, Gateway>,
  failures: BindFailures,
): Translation {
  const refused = refusedSockets(translation.snapshot.bindings, failures);
  if (refused.size === 0) return translation;
  const outcomes = new Map<string, GatewayOutcome>();
  const problems: Problem[] = [];
  for (const [key, outcome] of translation.outcomes.gateways) {
    const gateway = gateways.get(key);
    outcomes.set(key, gateway === undefined ? outcome : overlayGateway(gateway, outcome, { key, refused, problems }));
  }
  return {
    ...translation,
    findings: [...translation.findings, ...problems.map(({ finding }) => finding)],
    outcomes: { ...translation.outcomes, gateways: outcomes },
  };
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
  /** `namespace/name` of the Gateway. */
  readonly key: string;
  readonly refused: ReadonlyMap<string, RefusedSocket>;
  /** Those found are added. */
  readonly problems: Problem[];
}

function overlayGateway(
  gateway: Gateway,
  outcome: GatewayOutcome,
  { key, refused, problems }: Overlay,
): GatewayOutcome {
  let unusable: Problem | null = null;
  let isChanged = false;
  const listeners = outcome.listeners.map((listener, index): ListenerOutcome => {
    const spec = gateway.spec.listeners[index];
    const socket = refused.get(`${key}/${listener.name}`);
    if (socket === undefined || spec === undefined) return listener;
    const { binding, failure } = socket;
    const why = `${binding.address} port ${binding.port} cannot be bound: ${failure.message}`;
    const problem = portUnavailable({ owner: gateway, index, spec }, why);
    problems.push(problem);
    isChanged = true;
    if (failure.code === 'address-not-available') unusable ??= problem;
    return { ...listener, accepted: problem, programmed: problem };
  });
  if (!isChanged) return outcome;
  const { accepted, invalidListeners, programmed } = sumUpListeners(gateway, listeners);
  return { ...outcome, listeners, accepted, invalidListeners, programmed: addressProblem(programmed, unusable) };
}

/** That the machine does not have the address explains more than that a listener is invalid. */
function addressProblem(
  programmed: GatewayOutcome['programmed'],
  unusable: Problem | null,
): GatewayOutcome['programmed'] {
  if (programmed === null || unusable === null) return programmed;
  return { reason: 'AddressNotUsable', finding: unusable.finding };
}
