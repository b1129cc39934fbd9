// SPDX-License-Identifier: Apache-2.0

/**
 * Slices of DATA that the other side has not taken yet, in order. Made only when a side is slow: a request whose data
 * passes at once never has one. Every operation is O(1), apart from the copy of a small slice.
 *
 * A slice is kept by reference only when it is a good part of the memory that it is a view of. Any other is copied behind
 * the last copy, so that a million frames of one byte are a few buffers, and no byte keeps a whole read alive:
 *
 *     first ─► [16 KiB view of a read] ─► [copies, growing to 32 KiB] ─► last
 *
 * Per slice by reference: one segment. Per copied slice: nothing, but for a buffer now and then. Guarded by `bench/`.
 */

/** A slice that is at least this part of its memory is kept by reference: what it keeps alive is then at most four times its bytes, */
const REFERENCE_PART = 4;
/** and it is charged with at most twice its bytes, since other slices of the same read are charged too. */
const CHARGED_PART = 2;
/** The first buffer of copies; each further one is twice as large as the one before, */
const FIRST_COPY_BYTES = 512;
/** up to this: what one slow stream needs to be cheap to write. */
const MAX_COPY_BYTES = 32_768;
/** What a segment costs beside its bytes: itself, and the objects of a buffer of its own. */
const SEGMENT_BYTES = 320;

/** A run of bytes: `chunk[start, end)`. */
interface Segment {
  readonly chunk: Buffer;
  start: number;
  end: number;
  /** What it is charged with. */
  readonly cost: number;
  /** `chunk` is ours: what follows `end` is free. */
  readonly isCopy: boolean;
  next: Segment | null;
}

export class BodyQueue {
  /** Bytes in the queue. */
  bytes = 0;
  /** Memory that the queue keeps alive, in bytes: what caps count. */
  cost = 0;
  #first: Segment | null = null;
  #last: Segment | null = null;

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

  /** Adds `chunk[start, end)`; nothing for an empty slice. The chunk must not change any more. */
  push(chunk: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length === 0) return;
    this.bytes += length;
    const pinned = chunk.buffer.byteLength;
    if (length * REFERENCE_PART < pinned) this.#copy(chunk, start, end);
    else this.#add({ chunk, start, end, cost: chargeOf(length, pinned), isCopy: false, next: null });
  }

  /** Drops `bytes` of the first slice; true when that was all of it. */
  take(bytes: number): boolean {
    const first = this.#first as Segment;
    first.start += bytes;
    this.bytes -= bytes;
    if (first.start < first.end) return false;
    this.cost -= first.cost;
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
    other.clear();
  }

  /** Drops everything. */
  clear(): void {
    this.#first = null;
    this.#last = null;
    this.bytes = 0;
    this.cost = 0;
  }

  /** Bytes behind `end` of a copy have never been handed out: views of what is before them stay as they are. */
  #copy(chunk: Buffer, start: number, end: number): void {
    const last = this.#last;
    let from = start;
    if (last?.isCopy === true) {
      const fits = Math.min(end - from, last.chunk.length - last.end);
      copyBytes(chunk, from, from + fits, last.chunk, last.end);
      last.end += fits;
      from += fits;
      if (from === end) return;
    }
    const doubled = last?.isCopy === true ? last.chunk.length * 2 : FIRST_COPY_BYTES;
    const own = Buffer.allocUnsafeSlow(Math.max(end - from, Math.min(doubled, MAX_COPY_BYTES)));
    copyBytes(chunk, from, end, own, 0);
    this.#add({ chunk: own, start: 0, end: end - from, cost: own.length + SEGMENT_BYTES, isCopy: true, next: null });
  }

  #add(segment: Segment): void {
    if (this.#last === null) this.#first = segment;
    else this.#last.next = segment;
    this.#last = segment;
    this.cost += segment.cost;
  }
}

/** What a slice by reference is charged with. `pinned`: the bytes that it keeps alive. */
function chargeOf(length: number, pinned: number): number {
  return Math.min(pinned, length * CHARGED_PART) + SEGMENT_BYTES;
}

/** A loop is faster than a call into native code for the few bytes of a small frame. */
function copyBytes(from: Buffer, start: number, end: number, to: Buffer, at: number): void {
  if (end - start > 64) from.copy(to, at, start, end);
  else for (let i = start, j = at; i < end; i++, j++) to[j] = from[i] as number;
}
