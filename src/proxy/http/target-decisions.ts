// SPDX-License-Identifier: Apache-2.0

import type { RouteEntry } from '../../snapshot/index.ts';
import type { Decision } from './decision.ts';

/** Entries that one list remembers decisions of: further ones are decided each time. */
const MAX_ENTRIES = 64;

/** What follows from a list whose target is not in it: what it says by itself, and the decision for each entry that took it. */
export class TargetDecisions<Request> {
  readonly request: Request;
  readonly #byEntry = new Map<RouteEntry, Decision>();
  /** Found last, and so mostly found next. */
  #lastEntry: RouteEntry | null = null;
  #lastDecision: Decision | undefined = undefined;

  constructor(request: Request) {
    this.request = request;
  }

  decisionOf(entry: RouteEntry): Decision | undefined {
    if (entry === this.#lastEntry) return this.#lastDecision;
    const decision = this.#byEntry.get(entry);
    this.#lastEntry = entry;
    this.#lastDecision = decision;
    return decision;
  }

  /** False: there is no room. */
  put(entry: RouteEntry, decision: Decision): boolean {
    if (this.#byEntry.size >= MAX_ENTRIES) return false;
    this.#byEntry.set(entry, decision);
    this.#lastEntry = null;
    return true;
  }
}
