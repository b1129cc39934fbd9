// SPDX-License-Identifier: Apache-2.0

import { ANY_HOST } from '../values/index.ts';

/**
 * Finds what belongs to a host among hostname patterns, most specific pattern first: the name itself, then wildcards by
 * length, then `*`. A look-up costs at most one hash per label of the host, whatever the number of patterns.
 */
export class HostIndex<T> {
  readonly #exact = new Map<string, T>();
  /** Keyed by the pattern without its star: `.example.com`. */
  readonly #wildcards = new Map<string, T>();
  #any: T | undefined;
  /** Longer suffixes of a host are not even looked up: a host of 64 KiB of dots must cost no more than another. */
  #longestWildcard = 0;

  /** Files a value under a pattern. The first value of a pattern stays. */
  add(pattern: string, value: T): void {
    if (pattern === ANY_HOST) {
      this.#any ??= value;
    } else if (pattern.startsWith('*.')) {
      const suffix = pattern.slice(1);
      if (!this.#wildcards.has(suffix)) this.#wildcards.set(suffix, value);
      this.#longestWildcard = Math.max(this.#longestWildcard, suffix.length);
    } else if (!this.#exact.has(pattern)) {
      this.#exact.set(pattern, value);
    }
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
