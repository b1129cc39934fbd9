// SPDX-License-Identifier: Apache-2.0

/** Makes objects that are nearly right: seeds with one or several changes. The same seed number gives the same ones. */
import { isFields, type Json, type JsonPath, placesIn, replaceAt, valueAt } from './json.ts';
import { changesOf } from './operators.ts';
import { Random } from './random.ts';
import { SEEDS } from './seeds.ts';

/** A changed object. */
export interface Mutant {
  /** What was done to which place. */
  readonly name: string;
  readonly object: Json;
}

/** Every operator at every place of every seed, one change each; the seeds themselves first. */
export function* everyMutant(): Generator<Mutant> {
  for (const seed of SEEDS) {
    yield { name: describe(seed, [], 'as it is'), object: seed };
    for (const place of placesIn(seed)) {
      for (const change of changesOf(valueAt(seed, place) ?? null)) {
        const object = replaceAt(seed, place, change.value);
        if (object !== undefined) yield { name: describe(seed, place, change.name), object };
      }
    }
  }
}

/** `count` random objects with one to five changes each, contradictions among them. */
export function* randomMutants(seed: number, count: number): Generator<Mutant> {
  const random = new Random(seed);
  const pool = fieldPool();
  for (let index = 0; index < count; index += 1) {
    const origin = random.pick(SEEDS);
    let object = origin;
    const names: string[] = [];
    for (let changes = 1 + random.below(5); changes > 0; changes -= 1) {
      const place = pickPlace(random, object);
      const change = random.below(3) === 0 ? borrow(random, pool, object, place) : undefined;
      const { name, value } = change ?? random.pick(changesOf(valueAt(object, place) ?? null));
      object = replaceAt(object, place, value) ?? object;
      names.push(`${place.join('.')}: ${name}`);
    }
    yield { name: describe(origin, [], names.join('; ')), object };
  }
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

function describe(seed: Json, place: JsonPath, change: string): string {
  const kind = isFields(seed) ? String(seed['kind']) : '';
  return `${kind} ${place.join('.')}: ${change}`;
}
