// SPDX-License-Identifier: Apache-2.0

/** Spans that are sent together at most; collectors take as many at once by default. */
const MAX_SPANS = 512;
/** The same in bytes, far below the 4 MiB that gRPC servers take by default. A longer span is dropped. */
export const MAX_BATCH_BYTES = 524_288;
/** A batch begins with room for some twenty spans. */
const FIRST_BYTES = 16_384;

/** Encoded spans in one piece of memory, which grows. */
export class SpanBatch {
  spans = 0;
  /** Calls that it was sent with. */
  tries = 0;
  #bytes = 0;
  #buffer: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);

  /** Memory that it takes, in bytes. */
  get cost(): number {
    return this.#buffer.length;
  }

  hasRoom(bytes: number): boolean {
    return this.spans < MAX_SPANS && this.#bytes + bytes <= MAX_BATCH_BYTES;
  }

  /** Copies a span that there is room for. */
  add(span: Buffer): void {
    const needed = this.#bytes + span.length;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(MAX_BATCH_BYTES, Math.max(needed, this.#buffer.length * 2)));
      this.#buffer.copy(grown, 0, 0, this.#bytes);
      this.#buffer = grown;
    }
    span.copy(this.#buffer, this.#bytes);
    this.#bytes = needed;
    this.spans++;
  }

  get encoded(): Buffer {
    return this.#buffer.subarray(0, this.#bytes);
  }
}
