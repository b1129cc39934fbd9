// SPDX-License-Identifier: Apache-2.0

import { sameContent } from './equal.ts';

/**
 * How to make one list of another: runs of the old list's items that stay, and runs of new items, in the new order.
 * `null`: nothing changed. Its size follows the change, not the list.
 */
export type ListDelta<Put> = readonly ListStep<Put>[] | null;

export type ListStep<Put> =
  /** Items `[keep, keep + count)` of the old list. */
  { readonly keep: number; readonly count: number } | { readonly put: readonly Put[] };

export interface ListRules<Item, Put> {
  /** Names an item; equal keys mean "the same thing, perhaps changed". Doubles are allowed. */
  key(item: Item): string;
  /**
   * What to send for `after`. `before`, at `index` of the old list, is the item of the same key, when there is one.
   * null: `before` has the same content, keep it.
   */
  put(after: Item, before: Item | undefined, index: number): Put | null;
}

/** For items in which nothing is long: what changed is put whole. */
export function wholeItems<Item>(key: (item: Item) => string): ListRules<Item, Item> {
  return { key, put: (after, before) => (before !== undefined && sameContent(before, after) ? null : after) };
}

/** O(n) identity comparisons where the order is the same; look-ups by key only where it is not. */
export function diffList<Item, Put>(
  before: readonly Item[],
  after: readonly Item[],
  rules: ListRules<Item, Put>,
): ListDelta<Put> {
  if (before === after) return null;
  const builder = new StepBuilder<Put>();
  let places: Places<Item> | undefined;
  let at = 0;
  // By index: until code is optimized each step of an iterator is an object, and this passes over thousands.
  for (let index = 0; index < after.length; index++) {
    const item = after[index] as Item;
    if (before[at] !== item || at >= before.length) {
      const key = rules.key(item);
      const aligned = before[at];
      if (aligned === undefined || rules.key(aligned) !== key) {
        places ??= new Places(before, after, rules.key);
        const found = places.of(item, key);
        if (found === undefined) {
          builder.put(rules.put(item, undefined, -1));
          continue;
        }
        at = found;
      }
      const old = before[at];
      const put = old === item ? null : rules.put(item, old, at);
      if (put !== null) {
        builder.put(put);
        at += 1;
        continue;
      }
    }
    const from = at;
    // Most items stay, one after another.
    for (at += 1; index + 1 < after.length && at < before.length && after[index + 1] === before[at]; index++) at += 1;
    builder.keep(from, at - from);
  }
  return builder.finish(before.length);
}

/** Compares lists, each pair once: where one list is many listeners' or many hosts', so is what is sent of it. */
export class DiffedLists<Item, Put> {
  readonly #rules: ListRules<Item, Put>;
  readonly #last = new Map<readonly Item[], { readonly before: readonly Item[]; readonly delta: ListDelta<Put> }>();

  constructor(rules: ListRules<Item, Put>) {
    this.#rules = rules;
  }

  /** As `diffList`; the same object for the same two lists. */
  diff(before: readonly Item[], after: readonly Item[]): ListDelta<Put> {
    const known = this.#last.get(after);
    if (known?.before === before) return known.delta;
    const delta = diffList(before, after, this.#rules);
    this.#last.set(after, { before, delta });
    return delta;
  }
}

/** Applies deltas, each once to a list: what came of it is then again one list. */
export class AppliedLists<Item, Put> {
  readonly #last = new Map<ListDelta<Put>, { readonly before: readonly Item[]; readonly after: readonly Item[] }>();

  /** As `applyList`. `make`: the same for all. */
  apply(before: readonly Item[], delta: ListDelta<Put>, make: (put: Put) => Item): readonly Item[] {
    const known = this.#last.get(delta);
    if (known?.before === before) return known.after;
    const after = applyList(before, delta, make);
    this.#last.set(delta, { before, after });
    return after;
  }
}

/** Where items of the old list are: those that stay by identity, the few others by key, since keys of thousands cost more than all else here. */
class Places<Item> {
  readonly #byItem = new Map<Item, number>();
  readonly #byKey = new Map<string, number>();

  constructor(before: readonly Item[], after: readonly Item[], key: (item: Item) => string) {
    const kept = new Set(after);
    for (const [index, item] of before.entries()) {
      if (kept.has(item)) this.#byItem.set(item, index);
      else this.#byKey.set(key(item), index);
    }
  }

  of(item: Item, key: string): number | undefined {
    return this.#byItem.get(item) ?? this.#byKey.get(key);
  }
}

/** `make` builds an item from what was put. Kept items keep their identity; so does the list when nothing changed. */
export function applyList<Item, Put>(
  before: readonly Item[],
  delta: ListDelta<Put>,
  make: (put: Put) => Item,
): readonly Item[] {
  if (delta === null) return before;
  // Most items stay where they are: one copy of the list, in which few are put.
  const after = before.slice();
  let end = 0;
  for (const step of delta) {
    if ('put' in step) {
      for (const put of step.put) after[end++] = make(put);
      continue;
    }
    if (step.keep !== end) for (let at = 0; at < step.count; at += 1) after[end + at] = before[step.keep + at] as Item;
    end += step.count;
  }
  after.length = end;
  return after;
}

class StepBuilder<Put> {
  readonly #steps: ({ keep: number; count: number } | { put: Put[] })[] = [];

  keep(index: number, count: number): void {
    const last = this.#steps.at(-1);
    if (last !== undefined && 'keep' in last && last.keep + last.count === index) last.count += count;
    else this.#steps.push({ keep: index, count });
  }

  put(put: Put | null): void {
    if (put === null) throw new Error('a new list item must be put');
    const last = this.#steps.at(-1);
    if (last !== undefined && 'put' in last) last.put.push(put);
    else this.#steps.push({ put: [put] });
  }

  finish(oldLength: number): ListDelta<Put> {
    const [first] = this.#steps;
    if (first === undefined) return oldLength === 0 ? null : [];
    const all = this.#steps.length === 1 && 'keep' in first && first.keep === 0 && first.count === oldLength;
    return all ? null : this.#steps;
  }
}
