// SPDX-License-Identifier: Apache-2.0

import { compareStrings, replacedKeys, replaceValues } from '../values/index.ts';

/** Counts one more or one less of `key`; what there is none of is not in `counts`. */
export function count(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const next = (counts.get(key) ?? 0) + change;
  if (next === 0) counts.delete(key);
  else counts.set(key, next);
}

/** The keys whose value was added, removed or replaced (by identity). Costs nothing when the map is the same. */
export function changedKeys<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): readonly string[] {
  if (before === after) return [];
  return replacedKeys(before, after) ?? changesInOrder(before, after) ?? lookUpChanges(before, after);
}

/** Of maps with the same keys in the same order, as most are from one time to the next; undefined for others. */
function changesInOrder<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
): readonly string[] | undefined {
  if (before.size !== after.size) return undefined;
  const changed: string[] = [];
  const old = before.entries();
  for (const [key, value] of after) {
    const next = old.next();
    if (next.done === true || next.value[0] !== key) return undefined;
    if (next.value[1] !== value) changed.push(key);
  }
  return changed;
}

function lookUpChanges<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): readonly string[] {
  const changed: string[] = [];
  let common = 0;
  for (const [key, value] of after) {
    const known = before.get(key);
    if (known !== undefined) common++;
    if (known !== value) changed.push(key);
  }
  if (common < before.size) {
    for (const key of before.keys()) if (!after.has(key)) changed.push(key);
  }
  return changed;
}

/**
 * `before` (in the order of its keys) with `changes` applied, in the order of the keys; undefined takes a key out. Hardly
 * more than the changes where they only replace, else linear; `before` itself when nothing changes.
 */
export function updateSorted<T>(
  before: ReadonlyMap<string, T>,
  changes: ReadonlyMap<string, T | undefined>,
): ReadonlyMap<string, T> {
  if (changes.size === 0) return before;
  return isReplacement(before, changes) ? replaceValues(before, changes) : mergeSorted(before, changes);
}

/** `before` with `changes` applied, new keys last; undefined takes a key out. `before` itself when nothing changes. */
export function updateMap<T>(
  before: ReadonlyMap<string, T>,
  changes: ReadonlyMap<string, T | undefined>,
): ReadonlyMap<string, T> {
  if (changes.size === 0) return before;
  if (isReplacement(before, changes)) return replaceValues(before, changes);
  const after = new Map(before);
  for (const [key, value] of changes) {
    if (value === undefined) after.delete(key);
    else after.set(key, value);
  }
  return after;
}

function isReplacement<T>(
  before: ReadonlyMap<string, T>,
  changes: ReadonlyMap<string, T | undefined>,
): changes is ReadonlyMap<string, T> {
  for (const [key, value] of changes) if (value === undefined || !before.has(key)) return false;
  return true;
}

function mergeSorted<T>(
  before: ReadonlyMap<string, T>,
  changes: ReadonlyMap<string, T | undefined>,
): ReadonlyMap<string, T> {
  const added = [...changes].filter(([key]) => !before.has(key)).sort(([a], [b]) => compareStrings(a, b));
  const merged = new Map<string, T>();
  let next = 0;
  const addUpTo = (limit: string | undefined): void => {
    for (; next < added.length; next++) {
      const [key, value] = added[next] ?? ['', undefined];
      if (limit !== undefined && key > limit) return;
      if (value !== undefined) merged.set(key, value);
    }
  };
  for (const [key, value] of before) {
    addUpTo(key);
    const changed = changes.get(key);
    if (changed !== undefined) merged.set(key, changed);
    else if (!changes.has(key)) merged.set(key, value);
  }
  addUpTo(undefined);
  return merged;
}
