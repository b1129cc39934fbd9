// SPDX-License-Identifier: Apache-2.0

/** Who is faster so often in a row is no other writer, or one that never ends. */
const QUICK_CONFLICTS = 5;
const LONGEST_CONFLICT_REST_MS = 15_000;

/** How long an object rests that others write between our reads and our writes: longer after each further conflict. */
export class ConflictRests {
  readonly #unitMs: number;
  /** In a row, by key. */
  readonly #conflicts = new Map<string, number>();

  /** `unitMs`: how long objects rest after any write; the first rest is twice that. */
  constructor(unitMs: number) {
    this.#unitMs = unitMs;
  }

  /** A write was in conflict. 0: the next one need not wait. */
  restMs(key: string): number {
    const conflicts = (this.#conflicts.get(key) ?? 0) + 1;
    this.#conflicts.set(key, conflicts);
    const further = conflicts - QUICK_CONFLICTS;
    return further <= 0 ? 0 : Math.min(this.#unitMs * 2 ** further, LONGEST_CONFLICT_REST_MS);
  }

  /** The object was written or refused, or is not wanted any more. */
  forget(key: string): void {
    this.#conflicts.delete(key);
  }

  clear(): void {
    this.#conflicts.clear();
  }
}
