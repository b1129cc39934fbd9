// SPDX-License-Identifier: Apache-2.0

/** A change of a target's query by the word of another server. Keys and values as they mean, not as they are escaped. */
export interface QueryChange {
  readonly sets: readonly (readonly [key: string, value: string])[];
  readonly removes: readonly string[];
}

/** `target` (path and query) with `change` made: removals, then sets, each in the place of the first of its key. The rest keeps its text. O(pairs + changes). */
export function changeQuery(target: string, { sets, removes }: QueryChange): string {
  // `*`, and what has none.
  if (!target.startsWith('/')) return target;
  const mark = target.indexOf('?');
  const [path, query] = mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
  const dropped = new Set(removes);
  const wanted = new Map(sets);
  const placed = new Set<string>();
  const pairs: string[] = [];
  for (const pair of query === '' ? [] : query.split('&')) {
    const key = keyOf(pair);
    if (dropped.has(key) || placed.has(key)) continue;
    const value = wanted.get(key);
    if (value !== undefined) placed.add(key);
    pairs.push(value === undefined ? pair : pairOf(key, value));
  }
  for (const [key, value] of wanted) if (!placed.has(key)) pairs.push(pairOf(key, value));
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

function pairOf(key: string, value: string): string {
  return `${encodeURIComponent(key)}=${encodeURIComponent(value)}`;
}

function keyOf(pair: string): string {
  const equals = pair.indexOf('=');
  const key = (equals < 0 ? pair : pair.slice(0, equals)).replaceAll('+', ' ');
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
