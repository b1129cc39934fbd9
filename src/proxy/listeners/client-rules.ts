// SPDX-License-Identifier: Apache-2.0

import { type ClientValidation, type Listener, sameContent } from '../../snapshot/index.ts';

/** What the clients of a listener must show; null: nothing. */
export function clientsOf(listener: Listener): ClientValidation | null {
  switch (listener.kind) {
    case 'https':
      return listener.tls.clients;
    case 'tls':
      return listener.tls?.clients ?? null;
    case 'http':
    case 'tcp':
    case 'udp':
      return null;
  }
}

/**
 * Whether a client that came in through a listener as it was `before` may stay: the listener is there, of the same kind, and asks for nothing,
 * or for what it asked then. Another authority, or one where there was none, wants to be shown a certificate anew.
 */
export function mayStay(before: Listener, now: Listener | undefined): boolean {
  if (now === undefined || now.kind !== before.kind) return false;
  const [then, wanted] = [clientsOf(before), clientsOf(now)];
  return wanted === null || (then !== null && sameContent(then, wanted));
}
