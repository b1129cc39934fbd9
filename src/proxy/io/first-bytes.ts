// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import { type InputTaker, NO_TAKER, sharesReads } from './shared-read-socket.ts';
import type { SocketLoop } from './socket-loop.ts';
import type { WheelTimer } from './timer-wheel.ts';

/** A socket knows who reads its first bytes: listeners of their own for each were garbage that a burst of connections leaves behind. */
interface EarlySocket extends Socket {
  firstBytes?: FirstBytes | null;
}

/**
 * Reads a new socket until its protocol is known, at most for `timeoutMs`; then the judge hands it on. Sockets that end,
 * fail or dawdle are destroyed. Owns the socket until then.
 */
export abstract class FirstBytes implements WheelTimer, InputTaker {
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  protected readonly socket: Socket;
  readonly #loop: SocketLoop;
  #bytes: Buffer | null = null;

  constructor(socket: Socket, loop: SocketLoop, timeoutMs: number) {
    this.socket = socket;
    this.#loop = loop;
    (socket as EarlySocket).firstBytes = this;
    this.#listen();
    socket.on('close', onClose);
    socket.on('error', ignore);
    loop.refresh();
    loop.connectionTimers.arm(this, loop.nowMs + timeoutMs);
  }

  /** `first`: input that was read before; not kept. Once, at the beginning. */
  begin(first: Buffer | null): void {
    if (first !== null) this.takeInput(first, first.length);
  }

  /** Asked after each piece of input: true when `bytes`, which are not to be kept, were enough and the socket has a new owner. */
  protected abstract judge(bytes: Buffer): boolean;

  /** The socket is gone before it said enough. */
  protected abstract onGone(reason: 'timeout' | 'closed'): void;

  onTimer(): void {
    this.socket.destroy();
    this.#finish();
    this.onGone('timeout');
  }

  /** For the socket only, as what follows. */
  takeInput(buffer: Buffer, length: number): void {
    const chunk = buffer.subarray(0, length);
    const bytes = this.#bytes === null ? chunk : Buffer.concat([this.#bytes, chunk]);
    this.#loop.refresh();
    // The judge may start another reader at once: this one must be gone by then.
    this.#unlisten();
    if (this.judge(bytes)) {
      this.#finish();
      return;
    }
    this.#bytes = this.#bytes === null ? Buffer.from(chunk) : bytes;
    this.#listen();
  }

  onClose(): void {
    this.#finish();
    this.onGone('closed');
  }

  #listen(): void {
    const { socket } = this;
    if (sharesReads(socket)) socket.inputTaker = this;
    else socket.on('data', onData);
  }

  #unlisten(): void {
    const { socket } = this;
    if (sharesReads(socket)) socket.inputTaker = NO_TAKER;
    else socket.off('data', onData);
  }

  #finish(): void {
    const socket: EarlySocket = this.socket;
    // Unless another reader has it already.
    if (socket.firstBytes === this) socket.firstBytes = null;
    socket.off('close', onClose);
    this.#loop.connectionTimers.disarm(this);
  }
}

function onData(this: EarlySocket, chunk: Buffer): void {
  this.firstBytes?.takeInput(chunk, chunk.length);
}

function onClose(this: EarlySocket): void {
  this.firstBytes?.onClose();
}

/** The socket reports errors on 'close' too. */
function ignore(): void {}
