// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../time/index.ts';
import { type ConnectFailure, reasonOf } from './connect-failure.ts';
import { tlsReasonOf } from './tls-failure.ts';

/** How a connection comes about: the wait until the peer takes it and allows a stream, or why it did not. Owns one timer. */
export class Opening {
  /** TCP is connected. */
  #isAccepted = false;
  /** TCP is connected, TLS not yet. */
  #isHandshaking = false;
  /** The peer allows no streams now. */
  isStalled = false;
  /** Why it was never open, or ceased to be; the first reason counts. null: none yet. */
  failure: ConnectFailure | null = null;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #onTimeout: () => void;
  #timer: Timer | null = null;

  /** `onTimeout`: nothing came of it in time, and `failure` says so. */
  constructor(clock: Clock, timeoutMs: number, onTimeout: () => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#onTimeout = onTimeout;
  }

  /** Follows a socket that connects. `onReady`: it can be written to, with TLS on it where the endpoint is spoken to in TLS (`inTls`). */
  follow(socket: Socket, inTls: boolean, onReady: () => void): void {
    socket.once('connect', () => {
      this.#isAccepted = true;
      this.#isHandshaking = inTls;
      if (!inTls) onReady();
    });
    if (!inTls) return;
    socket.once('secureConnect', () => {
      this.#isHandshaking = false;
      onReady();
    });
  }

  /** The wait begins, or begins anew. */
  wait(): void {
    this.stop();
    this.#timer = this.#clock.after(this.#timeoutMs, () => this.#timeOut());
  }

  /** It is open, or nobody waits any more. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  fail(message: string): void {
    this.failure ??= { kind: this.#isHandshaking ? 'tls_failure' : 'connect_failure', message, stage: this.#stage };
  }

  /** The socket broke with `error`. */
  break(error: Error): void {
    this.fail(
      this.#isHandshaking
        ? `no TLS with the backend: ${tlsReasonOf(error)}`
        : `could not connect to the backend: ${reasonOf(error)}`,
    );
  }

  get #stage(): ConnectFailure['stage'] {
    return this.#isAccepted ? 'accepted' : 'unreached';
  }

  #timeOut(): void {
    this.#timer = null;
    const what = this.isStalled
      ? 'the backend allowed no stream'
      : this.#isHandshaking
        ? 'no TLS with the backend'
        : 'no connection to the backend';
    this.failure = { kind: 'connect_timeout', message: `${what} within ${this.#timeoutMs} ms`, stage: this.#stage };
    this.#onTimeout();
  }
}
