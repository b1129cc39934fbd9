// SPDX-License-Identifier: Apache-2.0

import { hashText } from './hash-text.ts';
import type { Choice, Picker } from './picker.ts';

/** Points per endpoint, as ketama: shares differ by about 8 %. The same for any number of endpoints, else all keys would move. */
const POINTS = 160;
/** For sets so large that the ring would take long to sort. */
const POINTS_IN_LARGE_SETS = 40;
const LARGE_SET = 500;

/**
 * Consistent hashing on a ring: a key goes to the first point at or after its hash. When an endpoint leaves, only its keys
 * move. O(log points) per pick.
 */
export function ringHashPicker<E extends Choice>(endpoints: readonly E[]): Picker<E> {
  return new RingHash(endpoints);
}

class RingHash<E extends Choice> implements Picker<E> {
  readonly #hashes: Uint32Array;
  readonly #owners: readonly E[];

  constructor(endpoints: readonly E[]) {
    const each = endpoints.length < LARGE_SET ? POINTS : POINTS_IN_LARGE_SETS;
    const points: { hash: number; owner: E }[] = [];
    for (const owner of endpoints) {
      for (let i = 0; i < each; i += 1) points.push({ hash: hashText(`${owner.key}_${i}`), owner });
    }
    // Equal hashes are ordered by key, so that every worker builds the same ring.
    points.sort((a, b) => a.hash - b.hash || (a.owner.key < b.owner.key ? -1 : 1));
    this.#hashes = Uint32Array.from(points, point => point.hash);
    this.#owners = points.map(point => point.owner);
  }

  pick(hash: number): E | undefined {
    const hashes = this.#hashes;
    let low = 0;
    let high = hashes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((hashes[middle] ?? 0) < hash) low = middle + 1;
      else high = middle;
    }
    return this.#owners[low === hashes.length ? 0 : low];
  }
}
