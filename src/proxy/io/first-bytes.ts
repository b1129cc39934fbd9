// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import { type InputTaker, NO_TAKER, sharesReads } from './shared-read-socket.ts';
import type { SocketLoop } from './socket-loop.ts';
import type { WheelTimer } from './timer-wheel.ts';

/** Asked after each piece of input: true when `bytes`, which are not to be kept, were enough and the socket has a new owner. */
export type Judge = (bytes: Buffer) => boolean;

/**
 * Reads a new socket until its protocol is known, at most for `timeoutMs`; then the judge hands it on. Sockets that end,
 * fail or dawdle are destroyed. Owns the socket until then.
 */
export class FirstBytes implements WheelTimer, InputTaker {
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  readonly #socket: Socket;
  readonly #loop: SocketLoop;
  readonly #judge: Judge;
  readonly #onEnd: (reason: 'timeout' | 'closed') => void;
  #bytes: Buffer | null = null;
  #isOver = false;

  constructor(
    socket: Socket,
    loop: SocketLoop,
    options: {
      readonly timeoutMs: number;
      readonly judge: Judge;
      readonly onEnd: (reason: 'timeout' | 'closed') => void;
    },
  ) {
    this.#socket = socket;
    this.#loop = loop;
    this.#judge = options.judge;
    this.#onEnd = options.onEnd;
    this.#listen();
    socket.on('close', this.#onClose);
    socket.on('error', ignore);
    loop.refresh();
    loop.connectionTimers.arm(this, loop.nowMs + options.timeoutMs);
  }

  onTimer(): void {
    this.#socket.destroy();
    this.#finish();
    this.#onEnd('timeout');
  }

  takeInput(buffer: Buffer, length: number): void {
    this.#onData(buffer.subarray(0, length));
  }

  #listen(): void {
    const socket = this.#socket;
    if (sharesReads(socket)) socket.inputTaker = this;
    else socket.on('data', this.#onData);
  }

  readonly #onData = (chunk: Buffer): void => {
    const bytes = this.#bytes === null ? chunk : Buffer.concat([this.#bytes, chunk]);
    this.#loop.refresh();
    // The judge may start another reader at once: this one must be gone by then.
    this.#unlisten();
    if (this.#judge(bytes)) {
      this.#finish();
      return;
    }
    this.#bytes = this.#bytes === null ? Buffer.from(chunk) : bytes;
    this.#listen();
  };

  #unlisten(): void {
    const socket = this.#socket;
    if (sharesReads(socket)) socket.inputTaker = NO_TAKER;
    else socket.off('data', this.#onData);
  }

  readonly #onClose = (): void => {
    this.#finish();
    this.#onEnd('closed');
  };

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#loop.connectionTimers.disarm(this);
    this.#socket.off('close', this.#onClose);
  }
}

/** The socket reports errors on 'close' too. */
function ignore(): void {}
