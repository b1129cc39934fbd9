// SPDX-License-Identifier: Apache-2.0

import type { FromWorker, LineMessage } from './worker-protocol.ts';

/** Of lines that a worker wrote and the main thread, which is busy, has not taken, in characters; as many as wait for a slow disk. */
const MAX_UNTAKEN_LENGTH = 16 * 1024 * 1024;
/** A line of the log, beside its words. */
const LINE_LENGTH = 512;

/**
 * What a worker thread writes, on its way through the main thread: beyond `MAX_UNTAKEN_LENGTH` lines are lost rather than memory filled, which is
 * counted, and told by the line behind them.
 */
export class UntakenLines {
  /** Shared with the main thread: the length of what it has not taken. */
  readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #length = new Int32Array(this.buffer);
  readonly #send: (message: FromWorker) => void;
  readonly #onLost: () => void;
  #lost = 0;

  /** `onLost` is called for each message whose lines are lost. */
  constructor(send: (message: FromWorker) => void, onLost: () => void) {
    this.#send = send;
    this.#onLost = onLost;
  }

  write(message: LineMessage): void {
    const length = lengthOf(message);
    if (Atomics.load(this.#length, 0) + length > MAX_UNTAKEN_LENGTH) {
      this.#lost += message.kind === 'log' ? 1 : message.lines.split('\n').length - 1;
      this.#onLost();
      return;
    }
    if (this.#lost > 0) this.#tellLost();
    this.#pass(message, length);
  }

  #tellLost(): void {
    const fields = { lines: this.#lost };
    this.#lost = 0;
    const told = {
      kind: 'log',
      level: 'warn',
      message: 'the main thread was busy; some lines of a worker were lost',
      fields,
    } as const;
    this.#pass(told, lengthOf(told));
  }

  #pass(message: LineMessage, length: number): void {
    Atomics.add(this.#length, 0, length);
    this.#send(message);
  }
}

/** Call it in the main thread for each message, with the buffer of the worker that it came from. */
export function linesTaken(buffer: SharedArrayBuffer, message: LineMessage): void {
  Atomics.sub(new Int32Array(buffer), 0, lengthOf(message));
}

function lengthOf(message: LineMessage): number {
  if (message.kind === 'access-log') return message.lines.length;
  const words = Object.values(message.fields).reduce<number>((sum, value) => sum + String(value).length, 0);
  return LINE_LENGTH + message.message.length + words;
}
