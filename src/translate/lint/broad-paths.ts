// SPDX-License-Identifier: Apache-2.0

import type { RequestMatch } from '../../snapshot/index.ts';

/** Patterns of every path, as people write them. */
const ANY_PATH: ReadonlySet<string> = new Set(['.*', '/.*', '^.*$', '^/.*$', '^/.*', '/.*$', '^.*', '.*$']);

/**
 * The entries that take every request of some prefix, whatever its method, headers and query. In the order of precedence they stand behind
 * narrower ones, but for those of routes whose own hostname is less specific, and for patterns, which stand before all prefixes.
 */
export class BroadPaths {
  /** Places of entries. */
  readonly #byPrefix = new Map<string, number>();
  /** What is shorter than all of them is under none of them. */
  #shortest = Number.POSITIVE_INFINITY;

  /** The place of the entry that takes all that `match` takes; undefined: there is none. */
  takerOf(match: RequestMatch): number | undefined {
    if (match.kind !== 'http') return undefined;
    const { kind, value } = match.path;
    if (kind === 'regex') return this.#byPrefix.get('');
    let prefix = value === '/' ? '' : value;
    while (prefix.length >= this.#shortest) {
      const taker = this.#byPrefix.get(prefix);
      if (taker !== undefined) return taker;
      if (prefix === '') return undefined;
      prefix = prefix.slice(0, prefix.lastIndexOf('/'));
    }
    return undefined;
  }

  add(match: RequestMatch, place: number): void {
    if (match.kind !== 'http' || match.method !== null || match.headers.length + match.queryParams.length > 0) return;
    const { kind, value } = match.path;
    if (kind === 'exact' || (kind === 'regex' && !ANY_PATH.has(value))) return;
    const prefix = kind === 'regex' || value === '/' ? '' : value;
    if (!this.#byPrefix.has(prefix)) this.#byPrefix.set(prefix, place);
    this.#shortest = Math.min(this.#shortest, prefix.length);
  }
}
