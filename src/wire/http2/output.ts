// SPDX-License-Identifier: Apache-2.0

import type { OutputSink } from '../message/message-connection.ts';
import { FRAME_HEADER_BYTES } from './frame.ts';
import type { Slab, SlabPool } from './slab-pool.ts';

/** Payloads from here on are passed on by reference: below it a copy is cheaper than one more buffer in a write. */
const BY_REFERENCE_BYTES = 4096;

/**
 * The output queue of one connection. Small frames are written into a borrowed slab, side by side; a large payload cuts
 * the slab's view and goes in between as it is. Writers call `room(n)` first, then write at `at` into `buffer` and advance `at`.
 */
export class Output {
  /** The slab in use; anything when there is none. */
  buffer: Buffer = NONE;
  /** Where the next byte goes. */
  at = 0;
  /** Bytes queued, as of the last cut: `queuedBytes` adds the rest. */
  #cutBytes = 0;
  #start = 0;
  #slab: Slab | null = null;
  #ready: Buffer[] | null = null;
  readonly #slabs: SlabPool;

  constructor(slabs: SlabPool) {
    this.#slabs = slabs;
  }

  get queuedBytes(): number {
    return this.#cutBytes + this.at - this.#start;
  }

  /** Memory that the queue takes, the rest of the borrowed slab included. */
  get heldBytes(): number {
    return this.#cutBytes + this.buffer.length;
  }

  /** Makes sure that `bytes` can be written at `at`. */
  room(bytes: number): void {
    if (this.buffer.length - this.at < bytes) this.#change(bytes);
  }

  /** Writes a frame header; there must be room. */
  header(length: number, type: number, flags: number, id: number): void {
    const out = this.buffer;
    const at = this.at;
    out[at] = length >> 16;
    out[at + 1] = length >> 8;
    out[at + 2] = length;
    out[at + 3] = type;
    out[at + 4] = flags;
    this.at = at + 5;
    this.uint32(id);
  }

  uint32(value: number): void {
    const out = this.buffer;
    const at = this.at;
    out[at] = value >>> 24;
    out[at + 1] = value >> 16;
    out[at + 2] = value >> 8;
    out[at + 3] = value;
    this.at = at + 4;
  }

  /** A whole frame whose payload is `chunk[start, end)`. */
  frame(type: number, flags: number, id: number, chunk: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length < BY_REFERENCE_BYTES) {
      this.room(FRAME_HEADER_BYTES + length);
      this.header(length, type, flags, id);
      copy(chunk, start, end, this.buffer, this.at);
      this.at += length;
      return;
    }
    this.room(FRAME_HEADER_BYTES);
    this.header(length, type, flags, id);
    this.#cut();
    this.#ready ??= [];
    this.#ready.push(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end));
    this.#cutBytes += length;
  }

  /** Hands over all that is queued and gives the slab back. */
  take(sink: OutputSink): void {
    if (this.#ready === null) {
      if (this.at > this.#start) {
        const view = this.buffer.subarray(this.#start, this.at);
        this.#giveBack();
        sink.write(view);
      }
      return;
    }
    this.#cut();
    const ready = this.#ready;
    this.#giveBack();
    this.#ready = null;
    this.#cutBytes = 0;
    for (let i = 0; i < ready.length; i++) sink.write(ready[i] as Buffer);
  }

  #cut(): void {
    if (this.at === this.#start) return;
    this.#ready ??= [];
    this.#ready.push(this.buffer.subarray(this.#start, this.at));
    this.#cutBytes += this.at - this.#start;
    this.#start = this.at;
  }

  #change(bytes: number): void {
    this.#cut();
    this.#giveBack();
    const slab = this.#slabs.take(bytes);
    this.#slab = slab;
    this.buffer = slab.buffer;
    this.at = slab.used;
    this.#start = slab.used;
  }

  #giveBack(): void {
    const slab = this.#slab;
    if (slab === null) return;
    slab.used = this.at;
    this.#slabs.give(slab);
    this.#slab = null;
    this.buffer = NONE;
    this.at = 0;
    this.#start = 0;
  }
}

const NONE = Buffer.alloc(0);

function copy(from: Buffer, start: number, end: number, to: Buffer, at: number): void {
  if (end - start > 64) from.copy(to, at, start, end);
  else for (let i = start, j = at; i < end; i++, j++) to[j] = from[i] as number;
}
