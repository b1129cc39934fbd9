// SPDX-License-Identifier: Apache-2.0

/** So many new values of one name make it varying, */
const ENOUGH_VALUES = 16;
/** when so many heads, or fewer, brought them. */
const WITHIN_HEADS = 128;
/** Names that are counted, and those that vary, of one connection: heads of more kinds than that stay in lists, whose pool has a cap. */
const MAX_COUNTED = 64;
const MAX_VARYING = 16;
/** Longer names are not counted, for they would be kept: with 64 of them in each a thousand idle connections would hold 4 GB. */
const MAX_NAME_LENGTH = 64;

interface Count {
  values: number;
  sinceHead: number;
}

/**
 * Learns which names of one connection bring a value that nobody had on head after head: tokens, cookies, ids, paths. O(1) for each value that is
 * new to the worker, nothing for any other.
 */
export class VaryingNames {
  readonly #names = new Set<string>();
  readonly #counts = new Map<string, Count>();
  /** One of them that was asked for last, which is mostly asked for next. */
  #last: string | null = null;

  has(name: string): boolean {
    if (name === this.#last) return true;
    if (!this.#names.has(name)) return false;
    this.#last = name;
    return true;
  }

  /** A value of `name` was new; `heads`: how many came so far. True: from now on the name varies. */
  isNowVarying(name: string, heads: number): boolean {
    if (name.length > MAX_NAME_LENGTH) return false;
    const count = this.#counts.get(name);
    if (count === undefined || heads - count.sinceHead > WITHIN_HEADS) {
      if (count === undefined && this.#counts.size >= MAX_COUNTED) return false;
      this.#counts.set(name, { values: 1, sinceHead: heads });
      return false;
    }
    count.values++;
    if (count.values < ENOUGH_VALUES || this.#names.size >= MAX_VARYING) return false;
    this.#counts.delete(name);
    this.#names.add(name);
    return true;
  }

  /** Takes back those that `isSteady`; they are returned. */
  settle(isSteady: (name: string) => boolean): string[] {
    const settled = [...this.#names].filter(isSteady);
    for (const name of settled) this.#names.delete(name);
    this.#last = null;
    return settled;
  }
}
