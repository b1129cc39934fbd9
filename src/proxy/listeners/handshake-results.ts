// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { Serving } from '../http/index.ts';
import { clientAddressOf } from '../io/index.ts';

/** By their names in metrics. */
export type HandshakeResult =
  | 'ok'
  | 'resumed'
  | 'passed'
  | 'failed'
  | 'timeout'
  | 'unrecognized_name'
  | 'no_certificate'
  | 'unproven'
  | 'not_tls';

/** Of one that failed; null: it did not come so far. */
export interface HandshakeFailure {
  readonly serverName: string | null;
  readonly listener: string | null;
  /** What OpenSSL says. */
  readonly error: Error | null;
}

/** Before there is a ClientHello. */
export const NO_HELLO: HandshakeFailure = { serverName: null, listener: null, error: null };

/** How the handshakes of a port end: counted and, while somebody wants to know, told of one by one when they fail. */
export class HandshakeResults {
  readonly #serving: Serving;
  /** Of the results that have been seen. */
  readonly #slots = new Map<HandshakeResult, number>();

  constructor(serving: Serving) {
    this.#serving = serving;
  }

  /** A socket whose handshake begins. Whose it is cannot be asked any more when it is gone, unless it was before. */
  begin(socket: Socket): void {
    if (this.#serving.debug.isOn) clientAddressOf(socket);
  }

  count(result: HandshakeResult): void {
    const { metrics } = this.#serving;
    let slot = this.#slots.get(result);
    if (slot === undefined) {
      slot = metrics.slot('daemun_tls_handshakes_total', { result });
      this.#slots.set(result, slot);
    }
    metrics.values[slot] = (metrics.values[slot] as number) + 1;
    if (result === 'timeout') metrics.count('daemun_limit_hits_total', { limit: 'handshake_timeout' });
  }

  fail(socket: Socket, result: HandshakeResult, { serverName, listener, error }: HandshakeFailure): void {
    this.count(result);
    const { debug } = this.#serving;
    if (!debug.isOn) return;
    const client = clientAddressOf(socket);
    debug.say('TLS handshake failed', { client, listener, serverName, result, error: error && wordsOf(error) });
  }
}

/** `certificate has expired`, `no shared cipher`: without where in OpenSSL it was found. */
function wordsOf({ message, reason }: Error & { readonly reason?: string }): string {
  return reason ?? message;
}
