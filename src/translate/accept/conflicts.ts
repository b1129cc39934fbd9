// SPDX-License-Identifier: Apache-2.0

import type { Gateway } from '../../resources/index.ts';
import type { ConflictReason, Problem } from '../outcomes.ts';
import { findingOf } from '../report.ts';
import type { JudgedListener } from './listeners.ts';

/**
 * Listeners of one Gateway that are not distinct, by index. The API: listeners of HTTP, HTTPS and TLS need different
 * port or hostname; all indistinct listeners lose, none wins ("Distinct Listeners", GatewaySpec.Listeners). Cleartext
 * and TLS on one port are told apart by no field the API names, so they conflict, as in every other implementation.
 * Listeners whose protocol is not served do not take part.
 */
export function findConflicts(
  gateway: Gateway,
  listeners: readonly JudgedListener[],
): ReadonlyMap<number, Problem<ConflictReason>> {
  const conflicts = new Map<number, Problem<ConflictReason>>();
  for (const listener of listeners) {
    const rival = listeners.find(other => other !== listener && conflictReason(listener, other) === 'ProtocolConflict');
    const twin = listeners.find(other => other !== listener && conflictReason(listener, other) === 'HostnameConflict');
    const other = rival ?? twin;
    if (other === undefined) continue;
    conflicts.set(listener.index, conflictProblem(gateway, listener, { other, name: `listener ${other.spec.name}` }));
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
  gateway: Gateway,
  listener: JudgedListener,
  against: { readonly other: JudgedListener; readonly name: string },
): Problem<ConflictReason> {
  const { other, name } = against;
  const reason = listener.protocol?.family === other.protocol?.family ? 'HostnameConflict' : 'ProtocolConflict';
  const path = ['spec', 'listeners', listener.index];
  const hostname = listener.hostname === '*' ? 'no hostname' : `hostname ${listener.hostname}`;
  const finding =
    reason === 'HostnameConflict'
      ? findingOf('gateway/hostname-conflict', gateway, {
          path,
          message: `Listener ${listener.spec.name} and ${name} both have port ${listener.spec.port} and ${hostname}`,
          help: 'Give them different ports or hostnames',
        })
      : findingOf('gateway/protocol-conflict', gateway, {
          path,
          message: `Listener ${listener.spec.name} (${listener.spec.protocol}) and ${name} (${other.spec.protocol}) share port ${listener.spec.port}`,
          help: 'Give them different ports',
        });
  return { reason, finding };
}
