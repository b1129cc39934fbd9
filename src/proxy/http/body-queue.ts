// SPDX-License-Identifier: Apache-2.0

/**
 * Slices of DATA that the other side has not taken yet, in order. Made only when a side is slow: a request whose data
 * passes at once never has one. Push and take are O(1) amortised.
 */
export class BodyQueue {
  /** Bytes in the queue. */
  bytes = 0;
  #chunks: Buffer[] = [];
  #starts: number[] = [];
  #ends: number[] = [];
  #first = 0;

  get isEmpty(): boolean {
    return this.#first === this.#chunks.length;
  }

  /** True when exactly one slice is left. */
  get hasOne(): boolean {
    return this.#first === this.#chunks.length - 1;
  }

  /** The first slice is `chunk[start, end)`; not for an empty queue. */
  get chunk(): Buffer {
    return this.#chunks[this.#first] as Buffer;
  }
  get start(): number {
    return this.#starts[this.#first] as number;
  }
  get end(): number {
    return this.#ends[this.#first] as number;
  }

  /** Adds `chunk[start, end)`; nothing for an empty slice. The chunk must not change any more. */
  push(chunk: Buffer, start: number, end: number): void {
    if (start === end) return;
    this.#chunks.push(chunk);
    this.#starts.push(start);
    this.#ends.push(end);
    this.bytes += end - start;
  }

  /** Drops `bytes` of the first slice; true when that was all of it. */
  take(bytes: number): boolean {
    const start = this.start + bytes;
    this.bytes -= bytes;
    if (start < this.end) {
      this.#starts[this.#first] = start;
      return false;
    }
    this.#first++;
    this.#compact();
    return true;
  }

  /** Adds all slices of another queue, which becomes empty. */
  append(other: BodyQueue): void {
    while (!other.isEmpty) {
      this.push(other.chunk, other.start, other.end);
      other.take(other.end - other.start);
    }
  }

  #compact(): void {
    if (this.#first <= 32 && !this.isEmpty) return;
    this.#chunks = this.#chunks.slice(this.#first);
    this.#starts = this.#starts.slice(this.#first);
    this.#ends = this.#ends.slice(this.#first);
    this.#first = 0;
  }
}
