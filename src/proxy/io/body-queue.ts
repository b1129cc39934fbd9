// SPDX-License-Identifier: Apache-2.0

import { copyBytes } from '../../wire/index.ts';
import { COPY_PAGE_BYTES, type CopyPages } from './copy-pages.ts';

/**
 * Slices of DATA that the other side has not taken yet, in order. Made only when a side is slow: a request whose data
 * passes at once never has one. Every operation is O(1), apart from the copy.
 *
 * A slice is copied behind the one before, for what it is a view of is another read's soon. A million frames of one byte are a few
 * buffers:
 *
 *     first ─► [512 bytes] ─► [2 KiB] ─► [16 KiB] ─► [16 KiB, not full] ─► last
 *
 * Per slice: nothing, but for a buffer now and then. Guarded by `bench/`.
 */

/** The first two buffers of copies: what a stream that is slow for a moment needs. Further ones are pages, which queues use one after the other. */
const FIRST_COPY_BYTES = 512;
const SECOND_COPY_BYTES = 2048;
/** What a segment costs beside its bytes: itself, and the objects of a buffer of its own. */
const SEGMENT_BYTES = 320;

/** A run of bytes: `chunk[start, end)`; what follows is free. */
interface Segment {
  readonly chunk: Buffer;
  start: number;
  end: number;
  next: Segment | null;
}

export class BodyQueue {
  /** Bytes in the queue. */
  bytes = 0;
  /** Memory that the queue keeps alive, in bytes: what caps count. */
  cost = 0;
  #first: Segment | null = null;
  #last: Segment | null = null;
  readonly #pages: CopyPages;

  constructor(pages: CopyPages) {
    this.#pages = pages;
  }

  get isEmpty(): boolean {
    return this.#first === null;
  }

  /** True when exactly one slice is left. */
  get hasOne(): boolean {
    return this.#first !== null && this.#first === this.#last;
  }

  /** The first slice is `chunk[start, end)`; not for an empty queue. */
  get chunk(): Buffer {
    return (this.#first as Segment).chunk;
  }
  get start(): number {
    return (this.#first as Segment).start;
  }
  get end(): number {
    return (this.#first as Segment).end;
  }

  /** Adds a copy of `chunk[start, end)`; nothing for an empty slice. Bytes behind `end` of a segment have never been handed out. */
  push(chunk: Buffer, start: number, end: number): void {
    if (end === start) return;
    this.bytes += end - start;
    const last = this.#last;
    let from = start;
    if (last !== null) {
      const fits = Math.min(end - from, last.chunk.length - last.end);
      copyBytes(chunk, from, from + fits, last.chunk, last.end);
      last.end += fits;
      from += fits;
    }
    while (from < end) {
      const own = this.#bufferFor(end - from, this.#last?.chunk.length ?? 0);
      const length = Math.min(end - from, own.length);
      copyBytes(chunk, from, from + length, own, 0);
      this.#add({ chunk: own, start: 0, end: length, next: null });
      from += length;
    }
  }

  /** Drops `bytes` of the first slice, which nobody may have a view of then; true when that was all of it. */
  take(bytes: number): boolean {
    const first = this.#first as Segment;
    first.start += bytes;
    this.bytes -= bytes;
    if (first.start < first.end) return false;
    this.cost -= first.chunk.length + SEGMENT_BYTES;
    this.#giveBack(first.chunk);
    this.#first = first.next;
    if (this.#first === null) this.#last = null;
    return true;
  }

  /** Adds all slices of another queue, which becomes empty. O(1). */
  append(other: BodyQueue): void {
    if (other.#first === null) return;
    if (this.#last === null) this.#first = other.#first;
    else this.#last.next = other.#first;
    this.#last = other.#last;
    this.bytes += other.bytes;
    this.cost += other.cost;
    other.#forget();
  }

  /** Shows every slice, in order. */
  show(to: { data(chunk: Buffer, start: number, end: number, last: boolean): void }, isLast: boolean): void {
    for (let at = this.#first; at !== null; at = at.next)
      to.data(at.chunk, at.start, at.end, isLast && at.next === null);
  }

  /** A copy of all of it, in one piece. */
  joined(): Buffer {
    const all = Buffer.allocUnsafeSlow(this.bytes);
    let to = 0;
    for (let at = this.#first; at !== null; at = at.next) to += at.chunk.copy(all, to, at.start, at.end);
    return all;
  }

  /** Drops everything; nobody may have a view of it. */
  clear(): void {
    for (let segment = this.#first; segment !== null; segment = segment.next) this.#giveBack(segment.chunk);
    this.#forget();
  }

  #forget(): void {
    this.#first = null;
    this.#last = null;
    this.bytes = 0;
    this.cost = 0;
  }

  #giveBack(chunk: Buffer): void {
    if (chunk.length === COPY_PAGE_BYTES) this.#pages.give(chunk);
  }

  /** For `length` bytes behind a buffer of `before` bytes. */
  #bufferFor(length: number, before: number): Buffer {
    if (length <= FIRST_COPY_BYTES && before === 0) return Buffer.allocUnsafeSlow(FIRST_COPY_BYTES);
    if (length <= SECOND_COPY_BYTES && before < SECOND_COPY_BYTES) return Buffer.allocUnsafeSlow(SECOND_COPY_BYTES);
    return this.#pages.take();
  }

  #add(segment: Segment): void {
    if (this.#last === null) this.#first = segment;
    else this.#last.next = segment;
    this.#last = segment;
    this.cost += segment.chunk.length + SEGMENT_BYTES;
  }
}
