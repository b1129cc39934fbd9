// SPDX-License-Identifier: Apache-2.0

/** Two maps as one; where both have a key, the second one counts. The same map again as long as both stay the same objects. */
export class MergedMap<V> {
  #base: ReadonlyMap<string, V> | null = null;
  #added: ReadonlyMap<string, V> | null = null;
  #merged: ReadonlyMap<string, V> = new Map();

  merge(base: ReadonlyMap<string, V>, added: ReadonlyMap<string, V>): ReadonlyMap<string, V> {
    if (added.size === 0) return base;
    if (base !== this.#base || added !== this.#added) {
      this.#merged = new Map([...base, ...added]);
      this.#base = base;
      this.#added = added;
    }
    return this.#merged;
  }
}
