// SPDX-License-Identifier: Apache-2.0

import { type ListenerOwner, listenerFinding, listenerName } from '../listener-site.ts';
import type { ConflictReason, Problem } from '../outcomes.ts';
import type { JudgedListener } from './listeners.ts';
import { transportOf } from './protocols.ts';

/**
 * Listeners of one Gateway that are not distinct, by id. The API: listeners of HTTP, HTTPS and TLS need different
 * port or hostname; of one owner all indistinct listeners lose, none wins ("Distinct Listeners", GatewaySpec.Listeners); those of
 * a ListenerSet lose against the Gateway's and against those of sets before it (ListenerSetSpec.listeners). Cleartext
 * and TLS on one port are told apart by no field the API names, so they conflict, as in every other implementation.
 * Listeners whose protocol is not served do not take part. `listeners`: by owner, in the order of precedence.
 */
export function findConflicts(listeners: readonly JudgedListener[]): ReadonlyMap<string, Problem<ConflictReason>> {
  const conflicts = new Map<string, Problem<ConflictReason>>();
  const loseTo = (listener: JudgedListener, others: readonly JudgedListener[]): boolean => {
    const other = indistinct(listener, others);
    if (other !== undefined) conflicts.set(listener.id, conflictProblem(listener, other));
    return other !== undefined;
  };
  const holders: JudgedListener[] = [];
  for (const own of byOwner(listeners)) {
    const left = own.filter(listener => !loseTo(listener, holders));
    for (const listener of left) loseTo(listener, left);
    // Those that lose against each other keep the others out all the same: nobody may step into the place of his senior.
    holders.push(...left);
  }
  return conflicts;
}

function byOwner(listeners: readonly JudgedListener[]): Iterable<readonly JudgedListener[]> {
  const owners = new Map<ListenerOwner, JudgedListener[]>();
  for (const listener of listeners) {
    const own = owners.get(listener.owner);
    if (own === undefined) owners.set(listener.owner, [listener]);
    else own.push(listener);
  }
  return owners.values();
}

/** The one of `others` that cannot be told apart from `listener`; another protocol is the stronger reason. */
function indistinct(listener: JudgedListener, others: readonly JudgedListener[]): JudgedListener | undefined {
  const rival = others.find(other => other !== listener && conflictReason(listener, other) === 'ProtocolConflict');
  return rival ?? others.find(other => other !== listener && conflictReason(listener, other) === 'HostnameConflict');
}

/** Why two listeners of one Gateway cannot be told apart; undefined when they can. */
function conflictReason(a: JudgedListener, b: JudgedListener): ConflictReason | undefined {
  if (a.protocol === undefined || b.protocol === undefined || a.spec.port !== b.spec.port) return undefined;
  if (transportOf(a.protocol) !== transportOf(b.protocol)) return undefined;
  if (!sharesPort(a, b)) return 'ProtocolConflict';
  return a.hostname === b.hostname ? 'HostnameConflict' : undefined;
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
