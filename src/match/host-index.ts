// SPDX-License-Identifier: Apache-2.0

import { ANY_HOST, replaceValues } from '../values/index.ts';

interface Parts<T> {
  readonly exact: ReadonlyMap<string, T>;
  readonly wildcards: ReadonlyMap<string, T>;
  readonly any: T | undefined;
  readonly longestWildcard: number;
}

/**
 * Finds what belongs to a host among hostname patterns, most specific pattern first: the name itself, then wildcards by
 * length, then `*`. A look-up costs at most one hash per label of the host, whatever the number of patterns.
 */
export class HostIndex<T> {
  /** By pattern, but for wildcards, which are keyed without their star: `.example.com`. */
  readonly #exact: ReadonlyMap<string, T>;
  readonly #wildcards: ReadonlyMap<string, T>;
  readonly #any: T | undefined;
  /** Longer suffixes of a host are not even looked up: a host of 64 KiB of dots must cost no more than another. */
  readonly #longestWildcard: number;

  private constructor({ exact, wildcards, any, longestWildcard }: Parts<T>) {
    this.#exact = exact;
    this.#wildcards = wildcards;
    this.#any = any;
    this.#longestWildcard = longestWildcard;
  }

  /** Files values under their patterns. The first value of a pattern stays. */
  static of<T>(values: Iterable<readonly [pattern: string, value: T]>): HostIndex<T> {
    const exact = new Map<string, T>();
    const wildcards = new Map<string, T>();
    let [any, longestWildcard]: [T | undefined, number] = [undefined, 0];
    for (const [pattern, value] of values) {
      if (pattern === ANY_HOST) {
        any ??= value;
      } else if (pattern.startsWith('*.')) {
        const suffix = pattern.slice(1);
        if (!wildcards.has(suffix)) wildcards.set(suffix, value);
        longestWildcard = Math.max(longestWildcard, suffix.length);
      } else if (!exact.has(pattern)) {
        exact.set(pattern, value);
      }
    }
    return new HostIndex({ exact, wildcards, any, longestWildcard });
  }

  /** With other values for some patterns, undefined: without them. Where patterns stay it costs what these are, whatever the number of patterns; else a copy. */
  replacing(changes: ReadonlyMap<string, T | undefined>): HostIndex<T> {
    const exact = new Map<string, T | undefined>();
    const wildcards = new Map<string, T | undefined>();
    let longestWildcard = this.#longestWildcard;
    for (const [pattern, value] of changes) {
      if (pattern.startsWith('*.')) {
        wildcards.set(pattern.slice(1), value);
        longestWildcard = Math.max(longestWildcard, pattern.length - 1);
      } else if (pattern !== ANY_HOST) exact.set(pattern, value);
    }
    return new HostIndex({
      exact: withChanges(this.#exact, exact),
      wildcards: withChanges(this.#wildcards, wildcards),
      any: changes.has(ANY_HOST) ? changes.get(ANY_HOST) : this.#any,
      longestWildcard,
    });
  }

  /** The value of exactly this pattern, not of hosts that it takes. */
  get(pattern: string): T | undefined {
    if (pattern === ANY_HOST) return this.#any;
    return pattern.startsWith('*.') ? this.#wildcards.get(pattern.slice(1)) : this.#exact.get(pattern);
  }

  /** The value of the most specific pattern that takes the host (lower case, no port). */
  find(host: string): T | undefined {
    return this.#exact.get(host) ?? this.#findWildcard(host, 1);
  }

  /** The value of the next less specific pattern after `pattern`, which takes the host. */
  findAfter(pattern: string, host: string): T | undefined {
    if (pattern === ANY_HOST) return undefined;
    return this.#findWildcard(host, pattern.startsWith('*.') ? host.length - pattern.length + 2 : 1);
  }

  /** `from` is at least 1: a wildcard stands for one character or more. */
  #findWildcard(host: string, from: number): T | undefined {
    let dot = host.indexOf('.', Math.max(from, host.length - this.#longestWildcard));
    while (dot >= 0) {
      const value = this.#wildcards.get(host.slice(dot));
      if (value !== undefined) return value;
      dot = host.indexOf('.', dot + 1);
    }
    return this.#any;
  }
}

function withChanges<T>(
  before: ReadonlyMap<string, T>,
  changes: ReadonlyMap<string, T | undefined>,
): ReadonlyMap<string, T> {
  if (changes.size === 0) return before;
  const replaced = new Map<string, T>();
  for (const [key, value] of changes) if (value !== undefined && before.has(key)) replaced.set(key, value);
  if (replaced.size === changes.size) return replaceValues(before, replaced);
  const copy = new Map(before);
  for (const [key, value] of changes) {
    if (value === undefined) copy.delete(key);
    else copy.set(key, value);
  }
  return copy;
}
