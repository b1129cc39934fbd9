// SPDX-License-Identifier: Apache-2.0

/** With so many values replaced at least a map is copied: each look-up and each replacement costs a little more until then. */
const MIN_COPIED_AT = 32;
/** Of large maps: so many times the root of their size. A copy, and all that looks for changes in one, costs what the size is. */
const COPIED_AT_ROOTS = 4;

/**
 * `before` with some values replaced; every key of `changes` is in `before`. Costs what the last few replacements are, not the size
 * of the map, but for one in many. The order of the keys stays. Values are never undefined.
 */
export function replaceValues<V>(
  before: ReadonlyMap<string, V>,
  changes: ReadonlyMap<string, V>,
): ReadonlyMap<string, V> {
  const { base, replaced: known } = partsOf(before);
  const replaced = new Map(known);
  for (const [key, value] of changes) replaced.set(key, value);
  if (replaced.size < Math.max(MIN_COPIED_AT, COPIED_AT_ROOTS * Math.sqrt(base.size)))
    return new ReplacedMap(base, replaced);
  const copy = new Map(base);
  for (const [key, value] of replaced) copy.set(key, value);
  return copy;
}

/** The keys that have another value, where one map came from the other by few replacements; undefined: it did not. */
export function replacedKeys<V>(
  before: ReadonlyMap<string, V>,
  after: ReadonlyMap<string, V>,
): readonly string[] | undefined {
  const [old, now] = [partsOf(before), partsOf(after)];
  if (old.base !== now.base) return undefined;
  const keys: string[] = [];
  for (const [key, value] of now.replaced) if (before.get(key) !== value) keys.push(key);
  for (const [key, value] of old.replaced) if (!now.replaced.has(key) && now.base.get(key) !== value) keys.push(key);
  return keys;
}

interface Parts<V> {
  readonly base: ReadonlyMap<string, V>;
  readonly replaced: ReadonlyMap<string, V>;
}

function partsOf<V>(map: ReadonlyMap<string, V>): Parts<V> {
  return map instanceof ReplacedMap ? (map as ReplacedMap<V>) : { base: map, replaced: NOTHING };
}

const NOTHING: ReadonlyMap<string, never> = new Map<string, never>();

/** A map, and what stands in the place of some of its values. */
class ReplacedMap<V> implements ReadonlyMap<string, V> {
  readonly base: ReadonlyMap<string, V>;
  readonly replaced: ReadonlyMap<string, V>;

  constructor(base: ReadonlyMap<string, V>, replaced: ReadonlyMap<string, V>) {
    this.base = base;
    this.replaced = replaced;
  }

  get size(): number {
    return this.base.size;
  }

  has(key: string): boolean {
    return this.base.has(key);
  }

  get(key: string): V | undefined {
    return this.replaced.get(key) ?? this.base.get(key);
  }

  keys(): MapIterator<string> {
    return this.base.keys();
  }

  *values(): MapIterator<V> {
    for (const [key, value] of this.base) yield this.replaced.get(key) ?? value;
  }

  *entries(): MapIterator<[string, V]> {
    for (const [key, value] of this.base) yield [key, this.replaced.get(key) ?? value];
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  forEach(visit: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this) visit(value, key, this);
  }
}
