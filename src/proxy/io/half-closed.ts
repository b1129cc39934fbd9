// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import { isTlsSocket } from './is-tls-socket.ts';
import type { SocketLoop } from './socket-loop.ts';
import type { WheelTimer } from './timer-wheel.ts';
import { writeFailure } from './try-write.ts';

/**
 * A peer that ended its side is mostly gone altogether, which TCP does not say: it is looked for this often. One that waits for its answer
 * is there; one that is gone its own kernel forgets after a minute, and what was done for it ends.
 */
const HALF_CLOSED_CHECK_MS = 10_000;
/** For the first time sooner: what it was sent meanwhile may have shown at once that it is gone. */
const FIRST_CHECK_MS = 2_000;
const NOTHING = Buffer.alloc(0);

/**
 * Looks for the peer of a socket that has brought its end, until the socket is closed. The kernel asks the peer; of a socket that is not
 * read any more Node learns what came of that by a write only, and one of nothing is enough.
 */
export class HalfClosed implements WheelTimer {
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  readonly #socket: Socket;
  readonly #loop: SocketLoop;

  constructor(socket: Socket, loop: SocketLoop) {
    this.#socket = socket;
    this.#loop = loop;
    socket.setKeepAlive(true, HALF_CLOSED_CHECK_MS);
    socket.once('close', () => loop.connectionTimers.disarm(this));
    this.#arm(loop.nowMs + FIRST_CHECK_MS);
  }

  onTimer(nowMs: number): void {
    const { writable, writableLength } = this.#socket;
    if (!writable) return;
    // What waits in Node finds out by itself.
    if (writableLength === 0) this.#look();
    this.#arm(nowMs + HALF_CLOSED_CHECK_MS);
  }

  /** TLS of Node says of no write of nothing that it failed, and behind the peer's end it hears of no reset. */
  #look(): void {
    const failure = isTlsSocket(this.#socket) ? writeFailure(this.#socket) : null;
    if (failure !== null) this.#socket.destroy(failure);
    else this.#socket.write(NOTHING);
  }

  #arm(atMs: number): void {
    this.#loop.connectionTimers.arm(this, atMs);
  }
}
