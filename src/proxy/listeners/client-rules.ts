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

/** What a client came in through, as it was then. Not what it served: connections last longer than that. */
export interface EnteredListener {
  readonly id: string;
  readonly kind: Listener['kind'];
  readonly clients: ClientValidation | null;
}

export function enteredBy(listener: Listener): EnteredListener {
  return { id: listener.id, kind: listener.kind, clients: clientsOf(listener) };
}

/** `stays`: goes on. `leaves`: what it came in through is gone. `unproven`: what is there now wants to know first who it is. */
export type Standing = 'stays' | 'leaves' | 'unproven';

/**
 * What becomes of a client that came in through a listener as it was `before`. It stays where the listener is there, of the same kind, and asks for
 * nothing, or for what it asked then. Another authority, or one where there was none, wants to be shown a certificate anew.
 */
export function standingOf(before: EnteredListener, now: Listener | undefined): Standing {
  if (now === undefined || now.kind !== before.kind) return 'leaves';
  const [then, wanted] = [before.clients, clientsOf(now)];
  return wanted === null || (then !== null && sameContent(then, wanted)) ? 'stays' : 'unproven';
}
