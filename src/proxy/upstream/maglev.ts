// SPDX-License-Identifier: Apache-2.0

import { hashText } from './hash-text.ts';
import type { Choice, Picker } from './picker.ts';

/** Table sizes, both prime. The table should be 100 times the set, so that shares differ by 1 % at most (Maglev paper §3.4). */
const SMALL_TABLE = 16_381;
const LARGE_TABLE = 65_537;
const OFFSET_SEED = 0x9747b28c;
const SKIP_SEED = 0x5bd1e995;

/**
 * Maglev hashing: one table look-up per pick, the most even shares, and few keys move when the set changes (more than with
 * a ring). The table is filled when the set changes, in about a millisecond.
 */
export function maglevPicker<E extends Choice>(endpoints: readonly E[]): Picker<E> {
  return new Maglev(endpoints);
}

class Maglev<E extends Choice> implements Picker<E> {
  readonly #endpoints: readonly E[];
  readonly #table: Uint32Array;

  constructor(endpoints: readonly E[]) {
    this.#endpoints = endpoints;
    this.#table = fillTable(
      endpoints.map(endpoint => endpoint.key),
      endpoints.length * 100 <= SMALL_TABLE ? SMALL_TABLE : LARGE_TABLE,
    );
  }

  pick(hash: number): E | undefined {
    return this.#endpoints[this.#table[hash % this.#table.length] ?? 0];
  }
}

/** Each endpoint in turn takes the next free slot of its own permutation (Maglev paper, "Populate"). */
function fillTable(keys: readonly string[], size: number): Uint32Array {
  const free = 0xffffffff;
  const table = new Uint32Array(size).fill(free);
  const next = Float64Array.from(keys, key => hashText(key, OFFSET_SEED) % size);
  const skips = keys.map(key => (hashText(key, SKIP_SEED) % (size - 1)) + 1);
  for (let filled = 0; filled < size; ) {
    for (let i = 0; i < keys.length && filled < size; i += 1) {
      let slot = next[i] ?? 0;
      const skip = skips[i] ?? 1;
      while (table[slot] !== free) slot = (slot + skip) % size;
      table[slot] = i;
      next[i] = (slot + skip) % size;
      filled += 1;
    }
  }
  return table;
}
