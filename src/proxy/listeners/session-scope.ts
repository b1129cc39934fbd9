// SPDX-License-Identifier: Apache-2.0

import type { SecureContext } from 'node:tls';
import type { Certificate, TerminatingListener } from '../../snapshot/index.ts';
import { createServerContext, type SessionKeys } from './server-context.ts';
import { sessionKeys, TICKET_NAME_BYTES, type TicketSecrets } from './ticket-secrets.ts';

/** Everything that decides who may come in through a listener with a certificate; another value, other sessions. */
export function scopeName({ id, tls }: TerminatingListener, certificate: string): string {
  return JSON.stringify([id, certificate, { ...tls, certificates: null }]);
}

/** What the contexts of a scope are made of. */
export interface ScopeParts {
  readonly certificate: Certificate;
  /** PEM certificates that chains of clients may end at; empty: no client is asked for one. */
  readonly authorities: readonly string[];
}

interface Generation {
  readonly secret: Uint8Array;
  readonly keys: SessionKeys;
  /** undefined: not made yet. null: OpenSSL refuses the pair, which is not tried at each handshake. */
  context: SecureContext | null | undefined;
}

/**
 * The contexts of one certificate on one listener: a current one, and those that take tickets of other keys.
 * OpenSSL has one ticket key a context, so the ticket's name, which the ClientHello shows, chooses the context.
 */
export class SessionScope {
  readonly #parts: ScopeParts;
  readonly #name: string;
  #current: Generation;
  #others: readonly Generation[];

  constructor(name: string, parts: ScopeParts, { current, others }: TicketSecrets) {
    this.#parts = parts;
    this.#name = name;
    this.#current = this.#generation(current);
    this.#others = others.map(secret => this.#generation(secret));
  }

  rotate({ current, others }: TicketSecrets): void {
    const known = [this.#current, ...this.#others];
    const generation = (secret: Uint8Array): Generation =>
      known.find(one => isSame(one.secret, secret)) ?? this.#generation(secret);
    this.#current = generation(current);
    this.#others = others.map(generation);
  }

  /** null: OpenSSL refuses the certificate, its key or an authority. `ticketName`: of the ticket that the client shows, if any. */
  contextFor(ticketName: Buffer | null): SecureContext | null {
    const shown =
      ticketName === null ? undefined : this.#others.find(({ keys }) => isNamed(keys.ticketKeys, ticketName));
    const generation = shown ?? this.#current;
    if (generation.context === undefined) generation.context = this.#create(generation.keys);
    return generation.context;
  }

  #generation(secret: Uint8Array): Generation {
    return { secret, keys: sessionKeys(secret, this.#name), context: undefined };
  }

  #create(keys: SessionKeys): SecureContext | null {
    try {
      return createServerContext(this.#parts.certificate, keys, this.#parts.authorities);
    } catch {
      return null;
    }
  }
}

function isNamed(ticketKeys: Buffer, name: Buffer): boolean {
  return ticketKeys.compare(name, 0, TICKET_NAME_BYTES, 0, TICKET_NAME_BYTES) === 0;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
