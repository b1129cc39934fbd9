// SPDX-License-Identifier: Apache-2.0

import type { Resource } from '../../resources/index.ts';
import { replaceValues } from '../../values/index.ts';

/** The resources of a kind by `namespace/name`, as maps that stay what they are once somebody has them. */
export class ServedResources {
  #map: ReadonlyMap<string, Resource> = new Map();
  /** The same, until somebody has it: from then on a change makes another one. */
  #own: Map<string, Resource> | null = null;
  /** What stands in the place of some of them once somebody asks: changes come faster than they are asked for. */
  #replaced = new Map<string, Resource>();

  /** The same map until something changes. */
  get map(): ReadonlyMap<string, Resource> {
    this.#takeReplaced();
    this.#own = null;
    return this.#map;
  }

  /** For who only looks: what is handed out as a map must be copied at the next change. */
  *values(): Iterable<Resource> {
    this.#takeReplaced();
    yield* this.#map.values();
  }

  /** undefined: there is none any more. */
  set(fullName: string, resource: Resource | undefined): void {
    if (this.#own === null && resource !== undefined && this.#map.has(fullName)) {
      this.#replaced.set(fullName, resource);
      return;
    }
    this.#takeReplaced();
    this.#own ??= new Map(this.#map);
    this.#map = this.#own;
    if (resource === undefined) this.#own.delete(fullName);
    else this.#own.set(fullName, resource);
  }

  #takeReplaced(): void {
    if (this.#replaced.size === 0) return;
    this.#map = replaceValues(this.#map, this.#replaced);
    this.#replaced = new Map();
  }
}
