// SPDX-License-Identifier: Apache-2.0

/** Slabs kept for reuse at most: as many as connections usually have output at one time. */
const MAX_FREE = 256;
/** and after a quiet while. */
const MIN_FREE = 16;
/** A slab with less room left than this is not lent until it is empty. */
const MIN_ROOM = 2048;
const SLAB_BYTES = 65_536;

/** A piece of memory that fills up from the front. One borrower after the other; of several, part may be on its way to a socket. */
export class Slab {
  readonly buffer: Buffer;
  used = 0;
  /** What comes before this is not the present borrower's. */
  borrowedFrom = 0;
  /** How many borrowers' bytes are on their way: while there are any, only what is behind `used` may be filled. */
  onTheWay = 0;
  place: 'borrowed' | 'free' | 'full' = 'borrowed';

  constructor(bytes: number) {
    this.buffer = Buffer.allocUnsafeSlow(bytes);
  }
}

/**
 * Output memory of one worker. A connection borrows a slab only while it has output, hands on views of what it filled
 * and gives the rest back, so that an idle connection holds none and no byte is copied twice. Views keep their slab alive;
 * once the last of them is written, all of it is filled again.
 *
 *     borrowed ──give──► free, with what room is left ──take──► borrowed
 *         └─────give───► full ──last byte written──► free
 */
export class SlabPool {
  readonly #free: Slab[] = [];

  /** A slab with room for at least `bytes`. */
  take(bytes: number): Slab {
    const slab = this.#free.pop();
    if (slab !== undefined) {
      if (slab.buffer.length - slab.used >= bytes) {
        slab.borrowedFrom = slab.used;
        slab.place = 'borrowed';
        return slab;
      }
      this.#keep(slab);
    }
    return new Slab(Math.max(bytes, SLAB_BYTES));
  }

  /** `isFree`: nobody has a view of what the borrower filled, so that it is filled again; else `written` follows when that is so, if ever. */
  give(slab: Slab, isFree: boolean): void {
    if (!isFree) slab.onTheWay++;
    else slab.used = slab.onTheWay === 0 ? 0 : slab.borrowedFrom;
    this.#keep(slab);
  }

  /** Nobody has a view any more of what one borrower filled. */
  written(slab: Slab): void {
    slab.onTheWay--;
    if (slab.onTheWay > 0 || slab.place === 'borrowed') return;
    slab.used = 0;
    if (slab.place === 'full') this.#keep(slab);
  }

  /** Lets go of what a burst needed and a quiet worker does not. */
  trim(): void {
    this.#free.length = Math.min(this.#free.length, MIN_FREE);
  }

  #keep(slab: Slab): void {
    slab.place = 'full';
    // One made for a large block is not kept: a pool of such would be many times as large.
    if (slab.buffer.length > SLAB_BYTES || slab.buffer.length - slab.used < MIN_ROOM) return;
    if (this.#free.length === MAX_FREE) return;
    slab.place = 'free';
    this.#free.push(slab);
  }
}
