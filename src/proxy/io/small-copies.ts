// SPDX-License-Identifier: Apache-2.0

import { copyBytes } from '../../wire/index.ts';

/** A buffer that fills with copies; a little one, for the last copy in it keeps all of it alive. */
const CHUNK_BYTES = 4096;

/**
 * Small slices that outlive the read they came in, copied side by side: one buffer for dozens of request bodies. Full
 * buffers are let go; whoever holds a copy keeps its buffer. One per worker. `add` is O(length).
 */
export class SmallCopies {
  /** Where the copy made last is. */
  chunk: Buffer = Buffer.alloc(0);
  #used = 0;

  /** Copies `from[start, end)`, at most 4 KiB; returns where the copy begins in `chunk`. */
  add(from: Buffer, start: number, end: number): number {
    const length = end - start;
    if (this.chunk.length - this.#used < length) {
      this.chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      this.#used = 0;
    }
    const at = this.#used;
    copyBytes(from, start, end, this.chunk, at);
    this.#used = at + length;
    return at;
  }
}
