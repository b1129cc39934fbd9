// SPDX-License-Identifier: Apache-2.0

import { haveSameItems } from '../../values/index.ts';

/** What was done: to what, and what came of it. */
export interface Done<Before, Step, After> {
  readonly before: Before;
  readonly steps: readonly Step[];
  readonly after: After;
}

/** So many results of one hash are looked at: it is told apart by all numbers, so that a second one is chance. */
const MAX_ALIKE = 8;

/**
 * Finds work that was done already in this pass: the same steps, one after the other, from the same beginning, by identity.
 * Tables of thousands of hosts and listeners are mostly alike, and are then one table.
 */
export class RepeatedWork<Before, Step extends { readonly number: number }, Work extends Done<Before, Step, unknown>> {
  readonly #byHash = new Map<number, Work[]>();

  /** One that `fits`, too. */
  find(before: Before, steps: readonly Step[], fits: (work: Work) => boolean): Work | undefined {
    return this.#byHash
      .get(hashOf(steps))
      ?.find(work => work.before === before && haveSameItems(work.steps, steps) && fits(work));
  }

  add(work: Work): void {
    const hash = hashOf(work.steps);
    const known = this.#byHash.get(hash);
    if (known === undefined) this.#byHash.set(hash, [work]);
    else if (known.length < MAX_ALIKE) known.push(work);
  }
}

function hashOf(steps: readonly { readonly number: number }[]): number {
  let hash = 0;
  for (const { number } of steps) hash = (Math.imul(hash, 31) + number) | 0;
  return hash;
}
