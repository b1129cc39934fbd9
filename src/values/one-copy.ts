// SPDX-License-Identifier: Apache-2.0

import { cutOut } from './kept.ts';
import { haveSameItems } from './share.ts';

/** Longer texts are not compared, and stay as they are. */
const MAX_TEXT = 256;
/** Longer lists, and objects with more fields, stay as they are; what is in them does not. */
const MAX_PARTS = 32;
/** Of fields of so many names the last value is known: the fields of all kinds have fewer, but labels may have any. With more all is forgotten. */
const MAX_NAMES = 512;

/**
 * One copy of what is equal in plain data that comes one after another. Thousands of routes that one template wrote say the same of their
 * parents, backends and kinds: each part is compared with the last one that stood in a field of that name. Texts keep nothing
 * else in memory: one that a parser cut out of a manifest would keep the manifest.
 *
 * Remembers a part for each name of a field. Some 5 µs for a route.
 */
export class OneCopy {
  // Each for itself: who writes an object chooses names of labels, and may name one as a list elsewhere is named.
  readonly #texts = new Map<string, string>();
  readonly #lists = new Map<string, readonly unknown[]>();
  readonly #objects = new Map<string, Readonly<Record<string, unknown>>>();

  /** Puts known parts into the fields of `object`, which must be nobody else's. The object itself stays what it is. */
  keepParts(object: object): void {
    this.#keepFields(object as Record<string, unknown>);
  }

  #keep(name: string, value: unknown): unknown {
    if (typeof value === 'string') return this.#keepText(name, value);
    if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
    if (Array.isArray(value)) return this.#keepList(name, value);
    return this.#keepObject(name, value as Record<string, unknown>);
  }

  /** All in it is kept first, so that equal parts are the same. */
  #keepList(name: string, list: unknown[]): readonly unknown[] {
    for (let at = 0; at < list.length; at++) list[at] = this.#keep(name, list[at]);
    if (list.length > MAX_PARTS) return list;
    const last = this.#lists.get(name);
    if (last !== undefined && haveSameItems(last, list)) return last;
    remember(this.#lists, name, list);
    return list;
  }

  #keepObject(name: string, object: Record<string, unknown>): Readonly<Record<string, unknown>> {
    this.#keepFields(object);
    const parts = Object.keys(object).length;
    if (parts > MAX_PARTS) return object;
    const last = this.#objects.get(name);
    if (last !== undefined && haveSameFields(last, object, parts)) return last;
    remember(this.#objects, name, object);
    return object;
  }

  #keepFields(object: Record<string, unknown>): void {
    for (const name in object) {
      // To set it would set something else.
      if (name === '__proto__') continue;
      const value = object[name];
      if (typeof value === 'string' || typeof value === 'object') object[name] = this.#keep(name, value);
    }
  }

  #keepText(name: string, text: string): string {
    if (text.length > MAX_TEXT) return text;
    const last = this.#texts.get(name);
    if (last === text) return last;
    const kept = cutOut(text);
    remember(this.#texts, name, kept);
    return kept;
  }
}

function remember<T>(known: Map<string, T>, name: string, value: T): void {
  if (known.size >= MAX_NAMES && !known.has(name)) known.clear();
  known.set(name, value);
}

/** By identity. `next` has `parts`. */
function haveSameFields(
  last: Readonly<Record<string, unknown>>,
  next: Readonly<Record<string, unknown>>,
  parts: number,
): boolean {
  let count = 0;
  for (const name in last) {
    if (last[name] !== next[name] || !Object.hasOwn(next, name)) return false;
    count++;
  }
  return count === parts;
}
