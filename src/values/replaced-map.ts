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
  changes.forEach((value, key) => void replaced.set(key, value));
  const last = { from: identityOf(before), keys: [...changes.keys()] };
  if (replaced.size < Math.max(MIN_COPIED_AT, COPIED_AT_ROOTS * Math.sqrt(base.size)))
    return new ReplacedMap(base, replaced, last);
  const copy = new Map(base);
  replaced.forEach((value, key) => void copy.set(key, value));
  // Who had all of the last copy replaced at once asks for no keys, and would hold that copy.
  return before === base ? copy : new ReplacedMap(copy, new Map(), last);
}

/**
 * The keys that have another value, where one map came from the other by few replacements; undefined: it did not. Costs what the last
 * replacement is, where there was one. (`forEach`: until code is optimized each step of an iterator makes two objects.)
 */
export function replacedKeys<V>(
  before: ReadonlyMap<string, V>,
  after: ReadonlyMap<string, V>,
): readonly string[] | undefined {
  const [old, now] = [partsOf(before), partsOf(after)];
  if (now.last?.from === identityOf(before)) return now.last.keys.filter(key => before.get(key) !== after.get(key));
  if (old.base !== now.base) return undefined;
  const keys: string[] = [];
  now.replaced.forEach((value, key) => {
    if (before.get(key) !== value) keys.push(key);
  });
  old.replaced.forEach((value, key) => {
    if (!now.replaced.has(key) && now.base.get(key) !== value) keys.push(key);
  });
  return keys;
}

interface Parts<V> {
  readonly base: ReadonlyMap<string, V>;
  readonly replaced: ReadonlyMap<string, V>;
  readonly last: LastReplacement<V> | null;
}

/** What was replaced in a map to make another one of it. */
interface LastReplacement<V> {
  /** See `identityOf`. */
  readonly from: ReadonlyMap<string, V>;
  readonly keys: readonly string[];
}

function partsOf<V>(map: ReadonlyMap<string, V>): Parts<V> {
  return map instanceof ReplacedMap ? (map as ReplacedMap<V>) : { base: map, replaced: NOTHING, last: null };
}

/** What tells a map from others, for the one that is made of it: what was replaced in it. The map itself would hold the one before it, and so on. */
function identityOf<V>(map: ReadonlyMap<string, V>): ReadonlyMap<string, V> {
  return map instanceof ReplacedMap ? (map as ReplacedMap<V>).replaced : map;
}

const NOTHING: ReadonlyMap<string, never> = new Map<string, never>();

/** A map, and what stands in the place of some of its values. */
class ReplacedMap<V> implements ReadonlyMap<string, V> {
  readonly base: ReadonlyMap<string, V>;
  readonly replaced: ReadonlyMap<string, V>;
  readonly last: LastReplacement<V>;

  constructor(base: ReadonlyMap<string, V>, replaced: ReadonlyMap<string, V>, last: LastReplacement<V>) {
    this.base = base;
    this.replaced = replaced;
    this.last = last;
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
