// SPDX-License-Identifier: Apache-2.0

import { ownCopy } from '../output/own-copy.ts';

/** Never added to. */
const NO_PARTS: Buffer[] = [];
/** What a part costs in memory beside its bytes. */
const PART_BYTES = 128;

/** A header block that CONTINUATION frames go on with. */
export class BegunBlock {
  /** Its stream; 0: none is begun. */
  id = 0;
  /** Of its first frame. */
  flags = 0;
  /** What came so far. */
  bytes = 0;
  /** Copies: the reads that the parts came in must not be kept for as long as the peer takes its time. */
  #parts: Buffer[] = NO_PARTS;

  get frames(): number {
    return this.#parts.length;
  }

  /** Memory that it takes. */
  get heldBytes(): number {
    return this.bytes + this.#parts.length * PART_BYTES;
  }

  begin(id: number, flags: number): void {
    this.id = id;
    this.flags = flags;
    this.#parts = [];
  }

  /** Returns the memory that this takes. */
  add(chunk: Buffer, start: number, end: number): number {
    this.#parts.push(ownCopy(chunk, start, end));
    this.bytes += end - start;
    return end - start + PART_BYTES;
  }

  /** All of it. None is begun from now on. */
  take(): Buffer {
    const block = Buffer.concat(this.#parts, this.bytes);
    this.id = 0;
    this.bytes = 0;
    this.#parts = NO_PARTS;
    return block;
  }
}
