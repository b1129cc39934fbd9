// SPDX-License-Identifier: Apache-2.0

import type { Http2Stream } from './stream.ts';

const MAX_SLOTS = 2048;

/**
 * Open streams by id. A ring indexed by the id's count (ids are odd or even, and grow): a look-up is one load and one
 * comparison. A stream that outlives a whole turn of the ring moves to a map. Nothing is allocated before the first stream.
 */
export class StreamTable {
  #ring: (Http2Stream | null)[] = NO_SLOTS;
  #mask = 0;
  #old: Map<number, Http2Stream> | null = null;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): Http2Stream | undefined {
    const stream = this.#ring[(id >>> 1) & this.#mask];
    if (stream !== null && stream !== undefined && stream.id === id) return stream;
    return this.#old === null ? undefined : this.#old.get(id);
  }

  add(stream: Http2Stream): void {
    if (this.#ring.length === 0 || (this.#size > this.#mask >> 1 && this.#ring.length < MAX_SLOTS)) this.#grow();
    this.#place(stream);
    this.#size++;
  }

  delete(stream: Http2Stream): void {
    const slot = (stream.id >>> 1) & this.#mask;
    if (this.#ring[slot] === stream) this.#ring[slot] = null;
    else if (this.#old?.delete(stream.id) !== true) return;
    this.#size--;
  }

  /** The streams of this moment, by rising id. */
  all(): Http2Stream[] {
    const streams: Http2Stream[] = [];
    for (const stream of this.#ring) if (stream !== null) streams.push(stream);
    if (this.#old !== null) streams.push(...this.#old.values());
    return streams.sort((a, b) => a.id - b.id);
  }

  #place(stream: Http2Stream): void {
    const slot = (stream.id >>> 1) & this.#mask;
    const there = this.#ring[slot];
    if (there !== null && there !== undefined) {
      this.#old ??= new Map();
      this.#old.set(there.id, there);
    }
    this.#ring[slot] = stream;
  }

  #grow(): void {
    const streams = this.all();
    const slots = Math.max(8, this.#ring.length * 2);
    this.#ring = new Array(slots).fill(null);
    this.#mask = slots - 1;
    this.#old = null;
    for (const stream of streams) this.#place(stream);
  }
}

const NO_SLOTS: (Http2Stream | null)[] = [];

/** Streams of ours that are opened and have no id yet. Nearly always none or one, which costs no more than a field. */
export class UnsentStreams {
  #one: Http2Stream | null = null;
  #others: Set<Http2Stream> | null = null;

  get count(): number {
    return (this.#one === null ? 0 : 1) + (this.#others?.size ?? 0);
  }

  add(stream: Http2Stream): void {
    if (this.#one === null) {
      this.#one = stream;
      return;
    }
    this.#others ??= new Set();
    this.#others.add(stream);
  }

  delete(stream: Http2Stream): void {
    if (this.#one === stream) this.#one = null;
    else this.#others?.delete(stream);
  }

  all(): Http2Stream[] {
    const streams = this.#one === null ? [] : [this.#one];
    return this.#others === null ? streams : [...streams, ...this.#others];
  }
}
