// SPDX-License-Identifier: Apache-2.0

import { coveringHostnames } from '../../values/index.ts';

/** The first lists that have something: any list but one asks for, so two are enough. */
type FirstTwo = Map<string, { readonly first: number; second: number | undefined }>;

/**
 * Which of many lists of hostname patterns have a host in common. What a list costs does not grow with the others: a port may have
 * thousands of listeners, with a wildcard each.
 */
export class NameOverlaps {
  readonly #lists: readonly (readonly string[])[];
  /** Pattern → lists that have it. */
  readonly #having: FirstTwo = new Map();
  /** Pattern → lists that have it, or one whose hosts it takes. */
  readonly #under: FirstTwo = new Map();

  constructor(lists: readonly (readonly string[])[]) {
    this.#lists = lists;
    for (const [at, names] of lists.entries()) {
      for (const name of names) {
        add(this.#having, name, at);
        for (const pattern of coveringHostnames(name)) add(this.#under, pattern, at);
      }
    }
  }

  /** The first other list that overlaps with list `at`; undefined: none does. */
  firstOther(at: number): number | undefined {
    let first: number | undefined;
    const consider = (lists: FirstTwo, pattern: string): void => {
      const known = lists.get(pattern);
      const other = known?.first === at ? known.second : known?.first;
      if (other !== undefined && (first === undefined || other < first)) first = other;
    };
    for (const name of this.#lists[at] ?? []) {
      consider(this.#under, name);
      for (const pattern of coveringHostnames(name)) consider(this.#having, pattern);
    }
    return first;
  }
}

function add(lists: FirstTwo, pattern: string, at: number): void {
  const known = lists.get(pattern);
  if (known === undefined) lists.set(pattern, { first: at, second: undefined });
  else if (known.first !== at) known.second ??= at;
}
