// SPDX-License-Identifier: Apache-2.0

import { namesOf } from './observed-object.ts';

/** A server that fails so often at one object, and takes others in between, fails at that object: one that is too large for its store, say. */
const OWN_FAILURES = 3;

interface Failures {
  readonly count: number;
  /** How many writes the server had taken by the last of them. */
  readonly written: number;
}

/**
 * Objects that wait to be written, in order of marking, but for those that the server failed at. While it fails they are last, and those of their
 * namespaces behind others: these find out whether it is well. Then they are first: whose failure it was is known before long.
 */
export class DueWrites {
  readonly #due = new Set<string>();
  readonly #failures = new Map<string, Failures>();

  get size(): number {
    return this.#due.size;
  }

  has(key: string): boolean {
    return this.#due.has(key);
  }

  add(key: string): void {
    this.#due.add(key);
  }

  delete(key: string): void {
    this.#due.delete(key);
  }

  clear(): void {
    this.#due.clear();
    this.#failures.clear();
  }

  /** Keys may be deleted meanwhile. */
  *inTurn(isFailing: boolean): Iterable<string> {
    if (!isFailing) yield* this.#failed();
    else if (this.#failures.size > 0) yield* this.#ofOtherNamespaces();
    for (const key of this.#due) if (!this.#failures.has(key)) yield key;
    if (isFailing) yield* this.#failed();
  }

  *#ofOtherNamespaces(): Iterable<string> {
    const namespaces = new Set(Array.from(this.#failures.keys(), key => namesOf(key).namespace));
    for (const key of this.#due) if (!namespaces.has(namesOf(key).namespace)) yield key;
  }

  *#failed(): Iterable<string> {
    for (const key of this.#failures.keys()) if (this.#due.has(key)) yield key;
  }

  /** The server failed at an object, after so many writes that it took. True: so often, and others went well, that it is the object's own failure. */
  failed(key: string, written: number): boolean {
    const before = this.#failures.get(key);
    const count = before === undefined ? 1 : before.count + Number(written > before.written);
    this.#failures.set(key, { count, written });
    return count >= OWN_FAILURES;
  }

  /** The server had another answer for the object, or the object is not wanted any more. */
  forget(key: string): void {
    this.#failures.delete(key);
  }
}
