// SPDX-License-Identifier: Apache-2.0

/** Who gets a body's bytes. */
export interface BodySink {
  /** `chunk[start, end)` of the body. */
  onBody(chunk: Buffer, start: number, end: number): void;
}

/** Pieces from here on are given on as they are. */
const LARGE_BYTES = 1_024;

/**
 * Joins the small chunks of one read, so that what is above is asked once a read and not once a chunk: a body in chunks of one byte
 * costs no more for each byte of input than another one. A piece that is large, or alone, is a view of the input.
 */
export class ChunkGatherer {
  readonly #sink: BodySink;
  #first: Buffer | null = null;
  #start = 0;
  #end = 0;
  #joined: Buffer | null = null;
  #length = 0;

  constructor(sink: BodySink) {
    this.#sink = sink;
  }

  /** `chunk[start, end)` is payload, and at most `left` bytes more of this read can be. */
  add(chunk: Buffer, start: number, end: number, left: number): void {
    if (end - start >= LARGE_BYTES) {
      this.flush();
      this.#sink.onBody(chunk, start, end);
      return;
    }
    if (this.#joined === null && this.#first === null) {
      this.#keep(chunk, start, end);
      return;
    }
    const joined = this.#join(end - start + left);
    chunk.copy(joined, this.#length, start, end);
    this.#length += end - start;
  }

  /** The read is over, or the body: gives on what was gathered. */
  flush(): void {
    const first = this.#first;
    if (first !== null) {
      this.#first = null;
      this.#sink.onBody(first, this.#start, this.#end);
      return;
    }
    const joined = this.#joined;
    if (joined === null) return;
    this.#joined = null;
    this.#sink.onBody(joined, 0, this.#length);
  }

  #keep(chunk: Buffer, start: number, end: number): void {
    this.#first = chunk;
    this.#start = start;
    this.#end = end;
  }

  #join(more: number): Buffer {
    if (this.#joined !== null) return this.#joined;
    const joined = Buffer.allocUnsafeSlow(this.#end - this.#start + more);
    const first = this.#first as Buffer;
    this.#length = first.copy(joined, 0, this.#start, this.#end);
    this.#first = null;
    this.#joined = joined;
    return joined;
  }
}
