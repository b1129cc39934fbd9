// SPDX-License-Identifier: Apache-2.0

/** Makes objects that are nearly right: seeds with one or several changes. The same seed number gives the same ones. */
import { isFields, isItems, type Json, type JsonPath, placesIn, replaceAt, valueAt } from './json.ts';
import { changesOf, fieldsOfOthers } from './operators.ts';
import { Random } from './random.ts';
import { SEEDS } from './seeds.ts';

/** A value put at a place; without value, the place is taken away. */
export interface Edit {
  readonly path: JsonPath;
  readonly value?: Json;
}

/** A changed object. */
export interface Mutant {
  /** What was done to which place. */
  readonly name: string;
  readonly object: Json;
  /** Which of the seeds it was made of, and how. */
  readonly seed: number;
  readonly edits: readonly Edit[];
}

/** A seed with some edits, made one after the other. */
export function applyEdits(seed: number, edits: readonly Edit[]): Json {
  let object = SEEDS[seed] ?? null;
  for (const { path, value } of edits) object = replaceAt(object, path, value) ?? object;
  return object;
}

/** Every operator at every place of every seed, one change each; the seeds themselves first. */
export function* everyMutant(): Generator<Mutant> {
  for (const [index, seed] of SEEDS.entries()) {
    yield { name: describe(seed, 'as it is'), object: seed, seed: index, edits: [] };
    const others = valuesByPlace(seed);
    for (const path of placesIn(seed)) {
      const value = valueAt(seed, path) ?? null;
      for (const change of [...changesOf(value), ...fieldsOfOthers(value, others.get(placeOf(path)) ?? [])]) {
        const edits = [editOf(path, change.value)];
        yield {
          name: describe(seed, `${path.join('.')}: ${change.name}`),
          object: applyEdits(index, edits),
          seed: index,
          edits,
        };
      }
    }
  }
}

/** The values of a seed by place, indexes aside. */
function valuesByPlace(seed: Json): Map<string, Json[]> {
  const values = new Map<string, Json[]>();
  for (const path of placesIn(seed)) {
    const place = placeOf(path);
    values.set(place, [...(values.get(place) ?? []), valueAt(seed, path) ?? null]);
  }
  return values;
}

function placeOf(path: JsonPath): string {
  return path.map(part => (typeof part === 'number' ? '*' : part)).join('.');
}

/** `count` random objects with one to five changes each, contradictions among them. */
export function* randomMutants(seed: number, count: number): Generator<Mutant> {
  const random = new Random(seed);
  const pool = fieldPool();
  for (let made = 0; made < count; made += 1) {
    const index = random.below(SEEDS.length);
    const edits: Edit[] = [];
    const names: string[] = [];
    for (let changes = 1 + random.below(5); changes > 0; changes -= 1) {
      const object = applyEdits(index, edits);
      const path = pickPlace(random, object);
      const borrowed = random.below(3) === 0 ? borrow(random, pool, object, path) : undefined;
      const { name, value } = borrowed ?? random.pick(changesOf(valueAt(object, path) ?? null));
      edits.push(editOf(path, value));
      names.push(`${path.join('.')}: ${name}`);
    }
    const name = describe(SEEDS[index] ?? null, names.join('; '));
    yield { name, object: applyEdits(index, edits), seed: index, edits };
  }
}

function editOf(path: JsonPath, value: Json | undefined): Edit {
  return value === undefined ? { path } : { path, value };
}

// Deep places are many: a shallow one is chosen as often as a deep one. Metadata and status are chosen less often.
function pickPlace(random: Random, object: Json): JsonPath {
  const places = placesIn(object).filter(place => place.length > 0);
  const inSpec = places.filter(place => place[0] === 'spec');
  const chosen = inSpec.length > 0 && random.below(5) > 0 ? inSpec : places;
  if (chosen.length === 0) return [];
  const depth = 1 + random.below(Math.max(...chosen.map(place => place.length)));
  const atDepth = chosen.filter(place => place.length === depth);
  return random.pick(atDepth.length > 0 ? atDepth : chosen);
}

/** Puts a value that some seed has under the same field name here, or adds a field that objects beside it have. */
function borrow(random: Random, pool: ReadonlyMap<string, readonly Json[]>, object: Json, place: JsonPath) {
  const here = valueAt(object, place);
  if (isFields(here) && random.below(2) === 0) {
    const key = random.pick([...pool.keys()]);
    return { name: `borrow ${key}`, value: { ...here, [key]: random.pick(pool.get(key) ?? [null]) } };
  }
  if (isItems(here) && random.below(2) === 0) {
    const lists = (pool.get(String(place.at(-1))) ?? []).filter(isItems);
    const items = lists.length === 0 ? [] : random.pick(lists);
    if (items.length > 0) return { name: 'item of another list', value: [...here, random.pick(items)] };
  }
  const key = place.findLast(part => typeof part === 'string') ?? '';
  const values = pool.get(String(key));
  return values === undefined ? undefined : { name: 'borrowed', value: random.pick(values) };
}

/** All values that the seeds have, by field name. */
function fieldPool(): Map<string, Json[]> {
  const pool = new Map<string, Json[]>();
  for (const seed of SEEDS) {
    for (const place of placesIn(seed)) {
      const key = place.at(-1);
      const value = valueAt(seed, place);
      if (typeof key !== 'string' || value === undefined) continue;
      pool.set(key, [...(pool.get(key) ?? []), value]);
    }
  }
  return pool;
}

function describe(seed: Json, changes: string): string {
  return `${isFields(seed) ? String(seed['kind']) : ''} ${changes}`;
}
