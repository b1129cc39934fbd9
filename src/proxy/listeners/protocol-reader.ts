// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import { FirstBytes } from '../io/index.ts';
import type { EnteredListener } from './client-rules.ts';
import type { EntranceOwner } from './entrance-owner.ts';
import { HEAD_TIMEOUT_MS } from './owed-input.ts';
import { guessProtocol } from './protocol-guess.ts';

/** Cleartext, or TLS without ALPN: the first bytes say what is spoken. */
export class ProtocolReader extends FirstBytes {
  readonly #owner: EntranceOwner;
  readonly #raw: Socket;
  readonly #entered: EnteredListener | null;

  /** `raw`: what was accepted, below `socket` or the same. `entered`: as in `Admitted`. */
  constructor(owner: EntranceOwner, raw: Socket, socket: Socket, entered: EnteredListener | null) {
    super(socket, owner.serving, HEAD_TIMEOUT_MS);
    this.#owner = owner;
    this.#raw = raw;
    this.#entered = entered;
  }

  protected judge(bytes: Buffer): boolean {
    const guess = guessProtocol(bytes);
    if (guess === 'undecided') return false;
    if (guess !== 'tls') {
      this.#owner.onAdmitted(this.#raw, this.socket, { spoken: guess, entered: this.#entered, first: bytes });
      return true;
    }
    this.socket.destroy();
    this.#owner.serving.metrics.count('daemun_downstream_refused_total', { protocol: guess });
    return true;
  }

  protected onGone(reason: 'timeout' | 'closed'): void {
    if (reason === 'closed') return;
    this.#owner.serving.metrics.count('daemun_limit_hits_total', { limit: 'request_head_timeout' });
  }
}
