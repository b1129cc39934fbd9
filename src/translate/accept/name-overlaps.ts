// SPDX-License-Identifier: Apache-2.0

import { intersectHostnames } from '../../values/index.ts';

/**
 * Which of many lists of hostname patterns have a host in common. A list without wildcards is compared with those of equal
 * names and with wildcards only: a port may have thousands of listeners, and few of them wildcards.
 */
export class NameOverlaps {
  readonly #lists: readonly (readonly string[])[];
  /** Name → the lists that have it, in order. */
  readonly #exact = new Map<string, number[]>();
  /** Lists with a wildcard, in order. */
  readonly #wild: number[] = [];

  constructor(lists: readonly (readonly string[])[]) {
    this.#lists = lists;
    for (const [at, names] of lists.entries()) {
      for (const name of new Set(names)) {
        const known = this.#exact.get(name);
        if (known === undefined) this.#exact.set(name, [at]);
        else known.push(at);
      }
      if (names.some(isWild)) this.#wild.push(at);
    }
  }

  /** The first other list that overlaps with list `at`; undefined: none does. */
  firstOther(at: number): number | undefined {
    const names = this.#lists[at] ?? [];
    if (names.some(isWild)) {
      const found = this.#lists.findIndex((_, other) => this.#overlaps(at, other));
      return found < 0 ? undefined : found;
    }
    let first = this.#wild.find(other => this.#overlaps(at, other));
    for (const name of names) {
      const twin = this.#exact.get(name)?.find(other => other !== at);
      if (twin !== undefined && (first === undefined || twin < first)) first = twin;
    }
    return first;
  }

  #overlaps(at: number, other: number): boolean {
    if (at === other) return false;
    const theirs = this.#lists[other] ?? [];
    return (this.#lists[at] ?? []).some(name => theirs.some(their => intersectHostnames(name, their) !== undefined));
  }
}

function isWild(name: string): boolean {
  return name.startsWith('*');
}
