// SPDX-License-Identifier: Apache-2.0

import { listenerFinding, listenerName } from '../listener-site.ts';
import type { ConflictReason, Problem } from '../outcomes.ts';
import { HeldPorts } from './held-ports.ts';
import type { JudgedListener } from './listeners.ts';

/**
 * Listeners of one Gateway that are not distinct, by id. The API: listeners of HTTP, HTTPS and TLS need different
 * port or hostname; of one owner all indistinct listeners lose, none wins ("Distinct Listeners", GatewaySpec.Listeners); those of
 * a ListenerSet lose against the Gateway's and against those of sets before it (ListenerSetSpec.listeners). Cleartext
 * and TLS on one port are told apart by no field the API names, so they conflict, as in every other implementation.
 * Listeners whose protocol is not served do not take part. `listeners`: by owner, in the order of precedence.
 */
export function findConflicts(listeners: readonly JudgedListener[]): ReadonlyMap<string, Problem<ConflictReason>> {
  const conflicts = new Map<string, Problem<ConflictReason>>();
  const loseTo = (listener: JudgedListener, others: HeldPorts): boolean => {
    const other = others.rivalOf(listener);
    if (other !== undefined) conflicts.set(listener.id, conflictProblem(listener, other));
    return other !== undefined;
  };
  const holders = new HeldPorts([]);
  for (const own of Map.groupBy(listeners, ({ owner }) => owner).values()) {
    const left = own.filter(listener => !loseTo(listener, holders));
    const rivals = new HeldPorts(left);
    for (const listener of left) loseTo(listener, rivals);
    // Those that lose against each other keep the others out all the same: nobody may step into the place of his senior.
    for (const listener of left) holders.add(listener);
  }
  return conflicts;
}

/** True when hostnames could tell the two apart on one port. */
export function sharesPort({ protocol: a }: JudgedListener, { protocol: b }: JudgedListener): boolean {
  return a?.family === b?.family && a?.family !== 'tcp' && a?.family !== 'udp';
}

/** Words a conflict of `listener` with another one, of its owner, its Gateway or an older Gateway. */
export function conflictProblem(listener: JudgedListener, other: JudgedListener): Problem<ConflictReason> {
  const name = listenerName(other, listener);
  const reason = sharesPort(listener, other) ? 'HostnameConflict' : 'ProtocolConflict';
  const hostname = listener.hostname === '*' ? 'no hostname' : `hostname ${listener.hostname}`;
  const finding =
    reason === 'HostnameConflict'
      ? listenerFinding('gateway/hostname-conflict', listener, {
          message: `Listener ${listener.spec.name} and ${name} both have port ${listener.spec.port} and ${hostname}`,
          help: 'Give them different ports or hostnames',
        })
      : listenerFinding('gateway/protocol-conflict', listener, {
          message: `Listener ${listener.spec.name} (${listener.spec.protocol}) and ${name} (${other.spec.protocol}) share port ${listener.spec.port}`,
          help: 'Give them different ports',
        });
  return { reason, finding };
}
