// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { SocketLoop } from './socket-loop.ts';
import type { WheelTimer } from './timer-wheel.ts';

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
    if (writableLength === 0) this.#socket.write(NOTHING);
    this.#arm(nowMs + HALF_CLOSED_CHECK_MS);
  }

  #arm(atMs: number): void {
    this.#loop.connectionTimers.arm(this, atMs);
  }
}
