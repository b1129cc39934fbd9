// SPDX-License-Identifier: Apache-2.0

import { createHash, hkdfSync } from 'node:crypto';
import type { SessionKeys } from './server-context.ts';

/**
 * What the keys of session tickets are derived from; the same in all workers, so that a session resumes on any of them, and in
 * all replicas that share them. Tickets are written under `current`; those under `others` are taken, too. Never logged or dumped.
 */
export interface TicketSecrets {
  /** 32 random bytes. */
  readonly current: Uint8Array;
  /** Those before, and one that others may write under already. */
  readonly others: readonly Uint8Array[];
}

/** Tickets begin with the name of their key (RFC 5077 §4). */
export const TICKET_NAME_BYTES = 16;
const TICKET_KEY_BYTES = 48;

/**
 * The keys of one scope: a session of a scope is worth nothing in another one. `scope` names all that a full handshake
 * would have checked: the listener, its certificate, its rules for clients.
 */
export function sessionKeys(secret: Uint8Array, scope: string): SessionKeys {
  return {
    sessionIdContext: createHash('sha256').update(scope).digest('hex').slice(0, 32),
    ticketKeys: Buffer.from(hkdfSync('sha256', secret, '', `daemun session tickets ${scope}`, TICKET_KEY_BYTES)),
  };
}
