// SPDX-License-Identifier: Apache-2.0

/** Slabs kept for reuse at most: as many as connections usually have output at one time. */
const MAX_FREE = 256;
/** and after a quiet while. */
const MIN_FREE = 16;
/** A slab with less room left than this is let go. */
const MIN_ROOM = 2048;
const SLAB_BYTES = 65_536;

/** A piece of memory that fills up from the front. */
export class Slab {
  readonly buffer: Buffer;
  used = 0;
  /** What comes before this is not the present borrower's. */
  borrowedFrom = 0;

  constructor(bytes: number) {
    this.buffer = Buffer.allocUnsafeSlow(bytes);
  }
}

/**
 * Output memory of one worker. A connection borrows a slab only while it has output, hands on views of what it filled
 * and gives the rest back, so that an idle connection holds none and no byte is copied twice. Views keep their slab alive.
 */
export class SlabPool {
  readonly #free: Slab[] = [];

  /** A slab with room for at least `bytes`. */
  take(bytes: number): Slab {
    const slab = this.#free.pop();
    if (slab !== undefined) {
      slab.borrowedFrom = slab.used;
      if (slab.buffer.length - slab.used >= bytes) return slab;
      this.give(slab, false);
    }
    return new Slab(Math.max(bytes, SLAB_BYTES));
  }

  /** `isFree`: nobody has a view of what the borrower filled, so that it is filled again. */
  give(slab: Slab, isFree: boolean): void {
    if (isFree) slab.used = slab.borrowedFrom;
    // One made for a large block is not kept: a pool of such would be many times as large.
    if (slab.buffer.length > SLAB_BYTES || slab.buffer.length - slab.used < MIN_ROOM) return;
    if (this.#free.length < MAX_FREE) this.#free.push(slab);
  }

  /** Lets go of what a burst needed and a quiet worker does not. */
  trim(): void {
    this.#free.length = Math.min(this.#free.length, MIN_FREE);
  }
}
