// SPDX-License-Identifier: Apache-2.0

import { copyBytes } from './copy-bytes.ts';
import type { Slab, SlabPool } from './slab-pool.ts';

/** Where a connection puts the bytes that are to be written. */
export interface OutputSink {
  write(chunk: Buffer): void;
  /**
   * After the last `write`. True: all is out, and the memory of the chunks is used again. False: it is left alone until the connection's
   * `outputBlocked(false)` says that it is out. Absent: as false.
   */
  end?(): boolean;
  /** The peer had broken off before: nothing of what was written last left. Absent: not known. */
  readonly hasFailed?: boolean;
}

/**
 * The output queue of one connection: what it writes lies in borrowed slabs, side by side. Writers call `room(n)` first, then write at
 * `at` into `buffer` and advance `at`. All is copied, since input is read into memory that the next read takes. Slabs are filled again when
 * what is in them is written: nearly always at once, else when the sink says so (`written`).
 */
export class Output {
  /** The slab in use; anything when there is none. */
  buffer: Buffer = NONE;
  /** Where the next byte goes. */
  at = 0;
  #slab: Slab | null = null;
  /** Where the queue begins in the slab in use. */
  #start = 0;
  /** Slabs that were filled before the one in use, and what is queued in them. */
  #full: Slab[] | null = null;
  #fullBytes = 0;
  /** Slabs with bytes that were handed over and are not written yet. */
  #onTheWay: Slab[] | null = null;
  readonly #slabs: SlabPool;

  constructor(slabs: SlabPool) {
    this.#slabs = slabs;
  }

  get queuedBytes(): number {
    return this.#fullBytes + this.at - this.#start;
  }

  /** Memory that the queue takes, the rest of the slab in use included. */
  get heldBytes(): number {
    return this.#fullBytes + this.buffer.length;
  }

  /** Makes sure that `bytes` can be written at `at`. */
  room(bytes: number): void {
    if (this.buffer.length - this.at < bytes) this.#change(bytes);
  }

  /** Big endian; there must be room. */
  uint32(value: number): void {
    const out = this.buffer;
    const at = this.at;
    out[at] = value >>> 24;
    out[at + 1] = value >> 16;
    out[at + 2] = value >> 8;
    out[at + 3] = value;
    this.at = at + 4;
  }

  /** `chunk[start, end)` as it is. */
  bytes(chunk: Buffer, start: number, end: number): void {
    let from = start;
    for (;;) {
      const to = Math.min(end, from + this.buffer.length - this.at);
      copyBytes(chunk, from, to, this.buffer, this.at);
      this.at += to - from;
      if (to === end) return;
      from = to;
      this.#change(1);
    }
  }

  /** Hands over all that is queued, and gives the slabs back. The rest of the last one may be another's at once. */
  take(sink: OutputSink): void {
    const slab = this.#slab;
    if (slab === null) return;
    const full = this.#full;
    const last = this.at > this.#start ? this.buffer.subarray(this.#start, this.at) : null;
    slab.used = this.at;
    this.#slab = null;
    this.#full = null;
    this.#fullBytes = 0;
    this.buffer = NONE;
    this.at = 0;
    this.#start = 0;
    if (full !== null) for (const one of full) sink.write(one.buffer.subarray(one.borrowedFrom, one.used));
    if (last !== null) sink.write(last);
    const isOut = sink.end?.() ?? false;
    if (full !== null) for (const one of full) this.#giveBack(one, isOut);
    this.#giveBack(slab, isOut);
  }

  /** All that was handed over is written. */
  written(): void {
    const slabs = this.#onTheWay;
    if (slabs === null) return;
    this.#onTheWay = null;
    for (const slab of slabs) this.#slabs.written(slab);
  }

  #giveBack(slab: Slab, isOut: boolean): void {
    this.#slabs.give(slab, isOut);
    if (isOut) return;
    this.#onTheWay ??= [];
    this.#onTheWay.push(slab);
  }

  #change(bytes: number): void {
    const filled = this.#slab;
    if (filled !== null) {
      filled.used = this.at;
      this.#fullBytes += this.at - this.#start;
      this.#full ??= [];
      this.#full.push(filled);
    }
    const slab = this.#slabs.take(bytes);
    this.#slab = slab;
    this.buffer = slab.buffer;
    this.at = slab.used;
    this.#start = slab.used;
  }
}

const NONE = Buffer.alloc(0);
