// SPDX-License-Identifier: Apache-2.0

import type { NamespacedName } from './namespaced-name.ts';
import { similarNames } from './similar-name.ts';

/** Named at most. */
const MAX_NAMED = 3;
/**
 * Names compared letter by letter in the life of one index, about 1 µs each: ten thousand wrong references among ten
 * thousand objects would take minutes. Beyond it only objects of the very same name are found.
 */
const MAX_COMPARED = 200_000;

/** Finds the objects that a wrong reference may mean. Made of one kind's objects. */
export class NearbyObjects {
  readonly #namespacesByName = new Map<string, string[]>();
  #compared = 0;

  constructor(objects: Iterable<NamespacedName>) {
    for (const { namespace, name } of objects) {
      const known = this.#namespacesByName.get(name);
      if (known === undefined) this.#namespacesByName.set(name, [namespace]);
      else known.push(namespace);
    }
  }

  has({ namespace, name }: NamespacedName): boolean {
    return this.#namespacesByName.get(name)?.includes(namespace) === true;
  }

  /**
   * At most three objects near to `wanted`: of a similar name in its namespace, then of its very name in others, then of a
   * similar name in others. `wanted` itself is none of them.
   */
  near(wanted: NamespacedName): readonly NamespacedName[] {
    const same = this.#objectsNamed(wanted.name).filter(({ namespace }) => namespace !== wanted.namespace);
    const similar = this.#similar(wanted.name).flatMap(name => this.#objectsNamed(name));
    const here = similar.filter(({ namespace }) => namespace === wanted.namespace);
    const elsewhere = similar.filter(({ namespace }) => namespace !== wanted.namespace);
    return [...here, ...same, ...elsewhere].slice(0, MAX_NAMED);
  }

  #objectsNamed(name: string): NamespacedName[] {
    return (this.#namespacesByName.get(name) ?? []).slice(0, MAX_NAMED + 1).map(namespace => ({ namespace, name }));
  }

  #similar(name: string): string[] {
    if (this.#compared >= MAX_COMPARED) return [];
    this.#compared += this.#namespacesByName.size;
    // A name of one or two letters is near to every other one.
    if (name.length <= 2) return [];
    return similarNames(name, this.#namespacesByName.keys(), MAX_NAMED + 1).filter(candidate => candidate !== name);
  }
}
