// SPDX-License-Identifier: Apache-2.0

import { listenerFinding } from '../listener-site.ts';
import type { ConflictReason, Problem } from '../outcomes.ts';
import type { JudgedListener } from './listeners.ts';

/**
 * Listeners of one Gateway that are not distinct, by id. The API: listeners of HTTP, HTTPS and TLS need different
 * port or hostname; all indistinct listeners lose, none wins ("Distinct Listeners", GatewaySpec.Listeners). Cleartext
 * and TLS on one port are told apart by no field the API names, so they conflict, as in every other implementation.
 * Listeners whose protocol is not served do not take part.
 */
export function findConflicts(listeners: readonly JudgedListener[]): ReadonlyMap<string, Problem<ConflictReason>> {
  const conflicts = new Map<string, Problem<ConflictReason>>();
  for (const listener of listeners) {
    const rival = listeners.find(other => other !== listener && conflictReason(listener, other) === 'ProtocolConflict');
    const twin = listeners.find(other => other !== listener && conflictReason(listener, other) === 'HostnameConflict');
    const other = rival ?? twin;
    if (other === undefined) continue;
    conflicts.set(listener.id, conflictProblem(listener, { other, name: `listener ${other.spec.name}` }));
  }
  return conflicts;
}

/** Why two listeners of one Gateway cannot be told apart; undefined when they can. */
function conflictReason(a: JudgedListener, b: JudgedListener): ConflictReason | undefined {
  if (a.protocol === undefined || b.protocol === undefined || a.spec.port !== b.spec.port) return undefined;
  if (a.protocol.family !== b.protocol.family) return 'ProtocolConflict';
  return a.hostname === b.hostname ? 'HostnameConflict' : undefined;
}

/** Words a conflict of `listener` with another one, of this Gateway or of an older one. */
export function conflictProblem(
  listener: JudgedListener,
  against: { readonly other: JudgedListener; readonly name: string },
): Problem<ConflictReason> {
  const { other, name } = against;
  const reason = listener.protocol?.family === other.protocol?.family ? 'HostnameConflict' : 'ProtocolConflict';
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
