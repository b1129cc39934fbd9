// SPDX-License-Identifier: Apache-2.0

import { type Field, varyingField } from '../head/field.ts';
import type { HeaderListPool } from '../head/header-list-pool.ts';
import { VaryingNames } from '../head/varying-names.ts';

/** What one connection has learned of its heads: which names bring a new value each time, so that their fields stay out of lists. As the HTTP/2 decoder does. */
export class LearnedNames {
  readonly #lists: HeaderListPool;
  /** null: no value was new so far. */
  #varying: VaryingNames | null = null;
  #generation = 0;
  #heads = 0;

  constructor(lists: HeaderListPool) {
    this.#lists = lists;
  }

  /** Before the fields of a head. */
  beginHead(): void {
    this.#heads++;
    const { steadyNames } = this.#lists;
    if (this.#varying === null || this.#generation === steadyNames.generation) return;
    this.#generation = steadyNames.generation;
    this.#varying.settle(name => steadyNames.has(name));
  }

  field(name: string, value: string): Field {
    if (this.#varying?.has(name) === true) return varyingField(name, value);
    const { made, steadyNames } = this.#lists;
    const field = this.#lists.field(name, value, false);
    if (this.#lists.made === made || steadyNames.has(name)) return field;
    if (this.#varying === null) {
      this.#varying = new VaryingNames();
      this.#generation = steadyNames.generation;
    }
    // This one stays in the list, before which nothing of its name is written: their order is theirs.
    this.#varying.isNowVarying(name, this.#heads);
    return field;
  }
}
