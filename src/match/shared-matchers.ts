// SPDX-License-Identifier: Apache-2.0

import type { RequestMatch, RouteEntry } from '../snapshot/index.ts';
import type { HostMatcher } from './host-matcher.ts';
import { LayeredMatchers } from './layered-matchers.ts';

/**
 * Matchers by the first of their matches: routes that serve a cleartext and a TLS listener, or several hostnames, have the same matches in the
 * same order there, and one index is enough for all of them. One per worker. A matcher goes when the last who uses it does.
 */
export class SharedMatchers {
  /** Of lists that are the same but for a little. */
  readonly layered: LayeredMatchers = new LayeredMatchers();
  /** A match is known to whom it decided about, longer than its matcher is used. */
  readonly #byFirst = new WeakMap<RequestMatch, WeakRef<HostMatcher>>();
  readonly #byList = new WeakMap<readonly RouteEntry[], HostMatcher>();

  /** The matcher of exactly these matches, by identity. */
  find(entries: readonly RouteEntry[]): HostMatcher | undefined {
    const ofList = this.#byList.get(entries);
    if (ofList !== undefined) return ofList;
    const [first] = entries;
    const known = first === undefined ? undefined : this.#byFirst.get(first.match)?.deref();
    return known !== undefined && isOf(known, entries) ? known : undefined;
  }

  /** The matcher of a list that many hosts may have. Returns it. */
  add(matcher: HostMatcher, entries: readonly RouteEntry[]): HostMatcher {
    this.#byList.set(entries, matcher);
    const [first] = matcher.matches;
    if (first !== undefined) this.#byFirst.set(first.source, new WeakRef(matcher));
    return matcher;
  }
}

function isOf({ matches }: HostMatcher, entries: readonly RouteEntry[]): boolean {
  return matches.length === entries.length && entries.every(({ match }, at) => matches[at]?.source === match);
}
