// SPDX-License-Identifier: Apache-2.0

import { cutOut } from './kept.ts';
import { haveSameItems } from './share.ts';

/** Longer texts are not compared, and stay as they are. */
const MAX_TEXT = 256;
/** Longer lists, and objects with more fields, stay as they are; what is in them does not. */
const MAX_PARTS = 32;
/** Of fields of so many names the last value is known: the fields of all kinds have fewer, but labels may have any. */
const MAX_NAMES = 512;

/**
 * One copy of what is equal in plain data that comes one after another. Thousands of routes that one template wrote say the same of their
 * parents, backends and kinds: each part is compared with the last one that stood in a field of that name. Texts keep nothing
 * else in memory: one that a parser cut out of a manifest would keep the manifest.
 *
 * Remembers a part for each name of a field. Some 5 µs for a route.
 */
export class OneCopy {
  readonly #last = new Map<string, unknown>();

  /** Puts known parts into the fields of `object`, which must be nobody else's. The object itself stays what it is. */
  keepParts(object: object): void {
    this.#keepFields(object as Record<string, unknown>);
  }

  #keep(name: string, value: unknown): unknown {
    if (typeof value === 'string') return this.#keepText(name, value);
    if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length; at++) value[at] = this.#keep(name, value[at]);
      return this.#keepEqual(`${name}[]`, value);
    }
    this.#keepFields(value as Record<string, unknown>);
    return this.#keepEqual(`${name}{}`, value);
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
    const last = this.#last.get(name);
    if (last === text) return last as string;
    const kept = cutOut(text);
    this.#remember(name, kept);
    return kept;
  }

  /** All in `value` is kept already, so that equal parts are the same. */
  #keepEqual(name: string, value: object): object {
    const parts = Array.isArray(value) ? value.length : Object.keys(value).length;
    if (parts > MAX_PARTS) return value;
    const last = this.#last.get(name);
    if (last !== undefined && haveSameParts(last as object, value, parts)) return last as object;
    this.#remember(name, value);
    return value;
  }

  #remember(name: string, value: unknown): void {
    if (this.#last.size < MAX_NAMES || this.#last.has(name)) this.#last.set(name, value);
  }
}

/** By identity. `next` has `parts`. */
function haveSameParts(last: object, next: object, parts: number): boolean {
  if (Array.isArray(last)) return Array.isArray(next) && haveSameItems(last, next);
  const known = last as Record<string, unknown>;
  const fields = next as Record<string, unknown>;
  let count = 0;
  for (const name in known) {
    if (known[name] !== fields[name] || !Object.hasOwn(fields, name)) return false;
    count++;
  }
  return count === parts;
}
