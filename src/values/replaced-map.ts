// SPDX-License-Identifier: Apache-2.0

/** Values stand in parts of so many. A replacement copies the part of its value, and the list of parts. */
const PART_BITS = 4;
const PART_SIZE = 1 << PART_BITS;

/**
 * `before` with some values replaced; every key of `changes` is in `before`, which never changes again. Costs what is replaced, and a pointer for each
 * 16 values; what the size of the map is only the first time after a key came or went. The order of the keys stays. Values are never undefined.
 */
export function replaceValues<V>(
  before: ReadonlyMap<string, V>,
  changes: ReadonlyMap<string, V>,
): ReadonlyMap<string, V> {
  const { of: keys, parts: old } = placesIn(before);
  const parts = old.slice();
  changes.forEach((value, key) => {
    const place = keys.places.get(key);
    if (place === undefined) return;
    const at = place >>> PART_BITS;
    const part = parts[at] ?? [];
    const own = part === old[at] ? part.slice() : (part as V[]);
    own[place & (PART_SIZE - 1)] = value;
    parts[at] = own;
  });
  return new ReplacedMap({ of: keys, parts });
}

/** The keys that have another value, where one map came from the other by replacements; undefined: it did not. Costs what a replacement does. */
export function replacedKeys<V>(
  before: ReadonlyMap<string, V>,
  after: ReadonlyMap<string, V>,
): readonly string[] | undefined {
  if (!(after instanceof ReplacedMap)) return undefined;
  const { of: keys, parts } = after as ReplacedMap<V>;
  const old =
    before instanceof ReplacedMap ? (before as ReplacedMap<V>) : (PLACES.get(before) as Places<V> | undefined);
  return old?.of === keys ? differentKeys(keys, old.parts, parts) : undefined;
}

type Parts<V> = readonly (readonly V[])[];

/** Keys, and the values in their places. */
interface Places<V> {
  readonly of: Keys;
  readonly parts: Parts<V>;
}

/** Of maps of another sort in which something was replaced, for as long as they are there: what was tried and given up makes the next time cheap. */
const PLACES = new WeakMap<ReadonlyMap<string, unknown>, Places<unknown>>();

function placesIn<V>(map: ReadonlyMap<string, V>): Places<V> {
  if (map instanceof ReplacedMap) return map as ReplacedMap<V>;
  const known = PLACES.get(map) as Places<V> | undefined;
  if (known !== undefined) return known;
  const made = { of: keysOf(map), parts: inParts([...map.values()]) };
  PLACES.set(map, made);
  return made;
}

function differentKeys<V>({ list }: Keys, before: Parts<V>, after: Parts<V>): readonly string[] {
  const keys: string[] = [];
  for (let at = 0; at < after.length; at++) {
    const [old, now] = [before[at] ?? [], after[at] ?? []];
    if (old === now) continue;
    for (let place = 0; place < now.length; place++)
      if (old[place] !== now[place]) keys.push(list[at * PART_SIZE + place] ?? '');
  }
  return keys;
}

function inParts<V>(values: readonly V[]): Parts<V> {
  const parts: V[][] = [];
  for (let from = 0; from < values.length; from += PART_SIZE) parts.push(values.slice(from, from + PART_SIZE));
  return parts;
}

/** What maps that came from each other share. */
interface Keys {
  readonly list: readonly string[];
  /** The same backwards. */
  readonly places: ReadonlyMap<string, number>;
}

function keysOf(map: ReadonlyMap<string, unknown>): Keys {
  const list = [...map.keys()];
  return { list, places: new Map(list.map((key, place) => [key, place])) };
}

/** A map whose keys are known, with its values in parts, each of which is nobody else's or never changed. */
class ReplacedMap<V> implements ReadonlyMap<string, V>, Places<V> {
  readonly of: Keys;
  readonly parts: Parts<V>;

  constructor({ of, parts }: Places<V>) {
    this.of = of;
    this.parts = parts;
  }

  get size(): number {
    return this.of.list.length;
  }

  has(key: string): boolean {
    return this.of.places.has(key);
  }

  get(key: string): V | undefined {
    const place = this.of.places.get(key);
    return place === undefined ? undefined : this.parts[place >>> PART_BITS]?.[place & (PART_SIZE - 1)];
  }

  keys(): MapIterator<string> {
    return this.of.places.keys();
  }

  *values(): MapIterator<V> {
    for (const part of this.parts) yield* part;
  }

  *entries(): MapIterator<[string, V]> {
    let place = 0;
    for (const part of this.parts) for (const value of part) yield [this.of.list[place++] ?? '', value];
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  forEach(visit: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    let place = 0;
    for (const part of this.parts) for (const value of part) visit(value, this.of.list[place++] ?? '', this);
  }
}
