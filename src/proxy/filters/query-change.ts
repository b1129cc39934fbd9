// SPDX-License-Identifier: Apache-2.0

/** A change of a target's query by the word of another server. Keys and values as they mean, not as they are escaped. */
export interface QueryChange {
  readonly sets: readonly (readonly [key: string, value: string])[];
  readonly removes: readonly string[];
}

/** `target` (path and query) with `change` made: removals, then sets, each in the place of the first of its key. The rest keeps its text. */
export function changeQuery(target: string, { sets, removes }: QueryChange): string {
  // `*`, and what has none.
  if (!target.startsWith('/')) return target;
  const mark = target.indexOf('?');
  const [path, query] = mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
  let pairs = query === '' ? [] : query.split('&').filter(pair => !removes.includes(keyOf(pair)));
  for (const [key, value] of sets) {
    const first = pairs.findIndex(pair => keyOf(pair) === key);
    const pair = `${encodeURIComponent(key)}=${encodeURIComponent(value)}`;
    const others = pairs.map(other => (keyOf(other) === key ? null : other));
    if (first < 0) others.push(pair);
    else others[first] = pair;
    pairs = others.filter(other => other !== null);
  }
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
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
