// SPDX-License-Identifier: Apache-2.0

import { entryLists, type RouteEntry, type Rule, type Snapshot } from '../snapshot/index.ts';

/** Looks for the first rule that keeps sessions. A list of entries is looked through once: most are the same from one snapshot to the next. */
export class SessionRules {
  /** Lists that were looked through, and bindings: endpoints change while those do not. No rule of theirs keeps any. */
  readonly #free = new WeakSet<readonly RouteEntry[] | Snapshot['bindings']>();

  /** Stops at the first rule that does. */
  any({ bindings }: Pick<Snapshot, 'bindings'>): boolean {
    if (this.#free.has(bindings)) return false;
    for (const entries of entryLists(bindings)) if (!this.#isFree(entries)) return true;
    this.#free.add(bindings);
    return false;
  }

  #isFree(entries: readonly RouteEntry[]): boolean {
    if (this.#free.has(entries)) return true;
    if (entries.some(({ rule }) => keepsSessions(rule))) return false;
    this.#free.add(entries);
    return true;
  }
}

function keepsSessions({ sessionPersistence, backends }: Rule): boolean {
  return sessionPersistence !== null || backends.some(({ session }) => session !== null);
}
