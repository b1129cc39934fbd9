// SPDX-License-Identifier: Apache-2.0

import type { Random } from '../../time/index.ts';

/**
 * Chooses an index with probability weight / total. Exact for totals below 2^53; costs a walk over at most 16 backends,
 * whatever the weights. `weights` are above 0.
 */
export class WeightedChoice {
  /** Running totals. */
  readonly #upTo: readonly number[];
  readonly #total: number;

  constructor(weights: readonly number[]) {
    let total = 0;
    this.#upTo = weights.map(weight => {
      total += weight;
      return total;
    });
    this.#total = total;
  }

  pick(random: Random): number {
    const upTo = this.#upTo;
    if (upTo.length === 1) return 0;
    const point = Math.floor(random() * this.#total);
    let at = 0;
    while (at < upTo.length - 1 && point >= (upTo[at] as number)) at++;
    return at;
  }
}

/** A repeatable source for tests and simulations (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
