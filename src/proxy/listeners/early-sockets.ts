// SPDX-License-Identifier: Apache-2.0
import type { Socket } from 'node:net';
import type { SocketLoop, WheelTimer } from '../io/index.ts';

/** While draining, a client that has connected has this long to say something: what it was about to send is served. */
const GRACE_MS = 2_000;

/** Sockets of a binding that have not said yet what they speak. */
export class EarlySockets implements WheelTimer {
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  readonly #loop: SocketLoop;
  readonly #sockets = new Set<Socket>();

  constructor(loop: SocketLoop) {
    this.#loop = loop;
  }

  /** Call `delete` when the socket has an owner or is gone. */
  add(socket: Socket): void {
    this.#sockets.add(socket);
  }

  delete(socket: Socket): void {
    this.#sockets.delete(socket);
  }

  /** Those that stay silent are ended soon. `destroy` must follow. */
  drain(): void {
    this.#loop.connectionTimers.arm(this, this.#loop.nowMs + GRACE_MS);
  }

  destroy(): void {
    this.#loop.connectionTimers.disarm(this);
    for (const socket of this.#sockets) socket.destroy();
  }

  onTimer(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
