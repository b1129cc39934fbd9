// SPDX-License-Identifier: Apache-2.0

import type { HttpMatch, QueryParamMatch } from '../../snapshot/index.ts';
import { type AnchoredPattern, compilePattern } from '../anchored-pattern.ts';
import type { Candidate } from '../candidate-list.ts';
import { compilePatterns, HeaderConditions, type Patterns } from '../header-conditions.ts';
import type { PatternVerdicts } from '../pattern-verdicts.ts';
import { type HttpTarget, queryValue } from './http-target.ts';

/** A match of HTTP requests with its patterns compiled. Immutable. */
export class CompiledHttpMatch implements Candidate<HttpTarget> {
  readonly kind = 'http';
  readonly source: HttpMatch;
  readonly headers: HeaderConditions | null;
  /** For paths of kind `regex` only. */
  readonly #path: AnchoredPattern | null;
  /** Of the query parameters. */
  readonly #queryPatterns: Patterns;

  constructor(source: HttpMatch, verdicts: PatternVerdicts) {
    this.source = source;
    this.headers = source.headers.length === 0 ? null : new HeaderConditions(source.headers, verdicts);
    this.#path = source.path.kind === 'regex' ? compilePattern(source.path.value, verdicts) : null;
    this.#queryPatterns = compilePatterns(source.queryParams, verdicts);
  }

  /** True when pattern of the path, method and query parameters hold. Exact paths and prefixes are the index's to find. */
  takes(target: HttpTarget): boolean {
    const { method } = this.source;
    if (method !== null && method !== target.method) return false;
    if (this.#path !== null && !this.#path.takes(target.path)) return false;
    return this.unmetParam(target.query) === undefined;
  }

  /** True when the path half of the match, whatever its kind, takes the path. */
  takesPath(path: string): boolean {
    const { kind, value } = this.source.path;
    switch (kind) {
      case 'exact':
        return path === value;
      case 'prefix':
        return value === '/' || path === value || path.startsWith(`${value}/`);
      case 'regex':
        return this.#path?.takes(path) ?? false;
    }
  }

  /** The first query parameter that does not hold, in the order written. */
  unmetParam(query: string): QueryParamMatch | undefined {
    const { queryParams } = this.source;
    for (let at = 0; at < queryParams.length; at++) {
      const param = queryParams[at] as QueryParamMatch;
      const value = queryValue(query, param.name);
      if (value === undefined) return param;
      const pattern = this.#queryPatterns === null ? null : (this.#queryPatterns[at] ?? null);
      if (pattern === null ? value !== param.value : !pattern.takes(value)) return param;
    }
    return undefined;
  }
}
