// SPDX-License-Identifier: Apache-2.0

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A place in a JSON value. */
export type JsonPath = readonly (string | number)[];

/** Every place in a value, the value itself (the empty path) included. */
export function placesIn(value: Json, path: JsonPath = []): JsonPath[] {
  const places = [path];
  for (const [key, child] of childrenOf(value)) places.push(...placesIn(child, [...path, key]));
  return places;
}

/** What is at a place; undefined when there is none. */
export function valueAt(value: Json, path: JsonPath): Json | undefined {
  let found: Json | undefined = value;
  for (const key of path) found = childrenOf(found).find(([each]) => each === key)?.[1];
  return found;
}

/** A copy of the value with another one at a place; `undefined` takes the place away. */
export function replaceAt(value: Json, path: JsonPath, replacement: Json | undefined): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  const child = valueAt(value, [key]);
  const next = rest.length === 0 || child === undefined ? replacement : replaceAt(child, rest, replacement);
  if (Array.isArray(value)) {
    const items = [...value];
    items.splice(Number(key), 1, ...(next === undefined ? [] : [next]));
    return items;
  }
  const fields = new Map(isFields(value) ? Object.entries(value) : []);
  if (next === undefined) fields.delete(String(key));
  else fields.set(String(key), next);
  return Object.fromEntries(fields);
}

/** True for a JSON object. */
export function isFields(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a JSON array. */
export function isItems(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function childrenOf(value: Json | undefined): [string | number, Json][] {
  if (isItems(value)) return value.map((child, index) => [index, child]);
  return isFields(value) ? Object.entries(value) : [];
}
