// SPDX-License-Identifier: Apache-2.0

/**
 * From an accepted socket to a connection that speaks: cleartext ports are told apart by the first bytes, TLS ports by the ClientHello and what
 * ALPN agreed on. Anything else ends here. What a binding's connections may be is `Binding.admission`.
 */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { CompiledBinding, CompiledListener } from '../../match/index.ts';
import type { Serving } from '../http/index.ts';
import { FirstBytes, shareReads } from '../io/index.ts';
import type { Spoken } from './codec.ts';
import { HEAD_TIMEOUT_MS } from './owed-input.ts';
import { guessProtocol } from './protocol-guess.ts';
import type { TlsContexts } from './tls-contexts.ts';
import { TlsEntrance, type TlsOwner } from './tls-entrance.ts';

/** What became of a connection's first bytes. */
export interface Admitted {
  readonly spoken: Spoken;
  /** The listener that the TLS server name chose; null: cleartext. */
  readonly entered: CompiledListener | null;
  /** Input that is not handled yet; null: none. */
  readonly first: Buffer | null;
}

/** The binding whose entrance it is. */
export interface EntranceOwner {
  readonly serving: Serving;
  /** As it is now. */
  readonly compiled: CompiledBinding;
  /** `raw`: what was accepted, below `socket` or the same. */
  onAdmitted(raw: Socket, socket: Socket, admitted: Admitted): void;
}

export class Entrance implements TlsOwner {
  readonly serving: Serving;
  readonly #owner: EntranceOwner;
  readonly #tls: TlsEntrance;

  constructor(owner: EntranceOwner, contexts: TlsContexts) {
    this.serving = owner.serving;
    this.#owner = owner;
    this.#tls = new TlsEntrance(this, contexts);
  }

  get compiled(): CompiledBinding {
    return this.#owner.compiled;
  }

  accept(socket: Socket): void {
    switch (this.compiled.binding.admission) {
      case 'first-bytes':
        shareReads(socket, this.serving.loop.readBuffer);
        this.#readProtocol(socket, socket, null);
        break;
      case 'client-hello':
        this.#tls.accept(socket);
        break;
    }
  }

  onSecure(raw: Socket, socket: TLSSocket, entered: CompiledListener, spoken: Spoken | null): void {
    // The listener may have left while the handshake went on.
    const isServed = this.compiled.listeners.some(compiled => compiled.listener.id === entered.listener.id);
    if (!isServed) socket.destroy();
    else if (spoken !== null) this.#owner.onAdmitted(raw, socket, { spoken, entered, first: null });
    else this.#readProtocol(raw, socket, entered);
  }

  /** Cleartext, or TLS without ALPN: the first bytes say what is spoken. */
  #readProtocol(raw: Socket, socket: Socket, entered: CompiledListener | null): void {
    const { loop, metrics } = this.serving;
    new FirstBytes(socket, loop, {
      timeoutMs: HEAD_TIMEOUT_MS,
      judge: bytes => {
        const guess = guessProtocol(bytes);
        if (guess === 'undecided') return false;
        if (guess !== 'tls') {
          this.#owner.onAdmitted(raw, socket, { spoken: guess, entered, first: bytes });
          return true;
        }
        socket.destroy();
        metrics.count('daemun_downstream_refused_total', { protocol: guess });
        return true;
      },
      onEnd: reason => {
        if (reason === 'timeout') metrics.count('daemun_limit_hits_total', { limit: 'request_head_timeout' });
      },
    });
  }
}
