// SPDX-License-Identifier: Apache-2.0

import type { Random } from '../../time/index.ts';
import type { Choice, Picker } from './picker.ts';

/**
 * The less busy of two different endpoints chosen at random ("power of two choices"): close to the best in load, at a
 * cost that does not grow with the set, and without the herd that follows when all workers see one minimum.
 */
export function leastRequestPicker<E extends Choice>(endpoints: readonly E[], random: Random): Picker<E> {
  return new LeastRequest(endpoints, random);
}

class LeastRequest<E extends Choice> implements Picker<E> {
  readonly #endpoints: readonly E[];
  readonly #random: Random;

  constructor(endpoints: readonly E[], random: Random) {
    this.#endpoints = endpoints;
    this.#random = random;
  }

  pick(_hash: number): E | undefined {
    const count = this.#endpoints.length;
    if (count === 1) return this.#endpoints[0];
    const first = Math.floor(this.#random() * count);
    const other = Math.floor(this.#random() * (count - 1));
    const a = this.#endpoints[first];
    const b = this.#endpoints[other < first ? other : other + 1];
    if (a === undefined || b === undefined) return a ?? b;
    return b.activeRequests < a.activeRequests ? b : a;
  }
}
