// SPDX-License-Identifier: Apache-2.0

/** An interval is forgotten in so many steps. */
const SLICES = 10;

/**
 * How often something happened in the last interval, to a tenth of it.
 *
 *     slices: │ 3 │ 0 │ 5 │ … │ 2 │   one is filled, nine are kept; the oldest is emptied to be filled next
 */
export class SlidingCount {
  readonly #sliceMs: number;
  readonly #counts: number[] = Array.from({ length: SLICES }, () => 0);
  /** Number of the slice that is filled, from time zero. */
  #slice = 0;
  #total = 0;

  constructor(intervalMs: number) {
    this.#sliceMs = intervalMs / SLICES;
  }

  /** `nowMs`: monotonic. */
  add(nowMs: number): void {
    this.#moveTo(nowMs);
    const at = this.#slice % SLICES;
    this.#counts[at] = (this.#counts[at] as number) + 1;
    this.#total++;
  }

  total(nowMs: number): number {
    this.#moveTo(nowMs);
    return this.#total;
  }

  #moveTo(nowMs: number): void {
    const slice = Math.floor(nowMs / this.#sliceMs);
    const emptied = Math.min(SLICES, slice - this.#slice);
    if (emptied <= 0) return;
    for (let step = 1; step <= emptied; step++) {
      const at = (this.#slice + step) % SLICES;
      this.#total -= this.#counts[at] as number;
      this.#counts[at] = 0;
    }
    this.#slice = slice;
  }
}
