// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { MemoryBudget, MemoryHolder } from './memory-budget.ts';
import { type InputTaker, NO_TAKER, sharesReads } from './shared-read-socket.ts';
import type { SocketLoop } from './socket-loop.ts';
import type { WheelTimer } from './timer-wheel.ts';

/** Beside the bytes that are kept: the buffer, its memory's object, the place among the holders. */
const KEPT_BYTES = 512;

/** What readers of one worker share. */
export interface FirstBytesParts {
  readonly loop: SocketLoop;
  readonly memory: MemoryBudget;
}

/** A socket knows who reads its first bytes: listeners of their own for each were garbage that a burst of connections leaves behind. */
interface EarlySocket extends Socket {
  firstBytes?: FirstBytes | null;
}

/**
 * Reads a new socket until its protocol is known, at most for `timeoutMs`; then the judge hands it on. Sockets that end,
 * fail or dawdle are destroyed, and those that hold most where the worker has no room. Owns the socket until then.
 */
export abstract class FirstBytes implements WheelTimer, InputTaker, MemoryHolder {
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  protected readonly socket: Socket;
  /** What it is charged with: most sockets say enough at once, and are charged with nothing. */
  heldBytes = 0;
  readonly #loop: SocketLoop;
  readonly #memory: MemoryBudget;
  /** What was said so far, and room for more; null: it is not kept. */
  #kept: Buffer | null = null;
  #keptBytes = 0;

  constructor(socket: Socket, { loop, memory }: FirstBytesParts, timeoutMs: number) {
    this.socket = socket;
    this.#loop = loop;
    this.#memory = memory;
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
    const bytes = this.#kept === null ? chunk : this.#append(chunk);
    this.#loop.refresh();
    // The judge may start another reader at once: this one must be gone by then.
    this.#unlisten();
    if (this.judge(bytes)) {
      this.#finish();
      return;
    }
    this.#listen();
    if (this.#kept === null) this.#append(chunk);
    this.#charge();
  }

  remeasure(): void {}

  shed(): void {
    this.#release();
    this.socket.destroy();
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

  /**
   * All that was said, with `chunk`. The room for it doubles, so that many small pieces cost hardly more copies than few; it is memory of
   * its own: a piece of Node's pool would hold all of that.
   */
  #append(chunk: Buffer): Buffer {
    const before = this.#keptBytes;
    const needed = before + chunk.length;
    if (this.#kept === null || needed > this.#kept.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, before * 2));
      this.#kept?.copy(grown, 0, 0, before);
      this.#kept = grown;
    }
    chunk.copy(this.#kept, before);
    this.#keptBytes = needed;
    return this.#kept.subarray(0, needed);
  }

  /** The worker may have no room for what is kept: then the socket, or another, ends. */
  #charge(): void {
    const change = (this.#kept?.length ?? 0) + KEPT_BYTES - this.heldBytes;
    if (change === 0) return;
    if (this.heldBytes === 0) this.#memory.join(this);
    this.heldBytes += change;
    this.#memory.add(change);
  }

  #release(): void {
    if (this.heldBytes === 0) return;
    const held = this.heldBytes;
    this.#kept = null;
    this.#keptBytes = 0;
    this.heldBytes = 0;
    this.#memory.leave(this);
    this.#memory.add(-held);
  }

  #finish(): void {
    this.#release();
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
