// SPDX-License-Identifier: Apache-2.0

import type { HttpMatch, QueryParamMatch } from '../../snapshot/index.ts';
import { type AnchoredPattern, compilePattern } from '../anchored-pattern.ts';
import type { Candidate } from '../candidate-list.ts';
import { compilePatterns, HeaderConditions, type Patterns } from '../header-conditions.ts';
import type { PatternVerdicts } from '../pattern-verdicts.ts';
import type { HttpTarget } from './http-target.ts';

/** `path`: of a path of kind `regex` only. */
interface HttpPatterns {
  readonly path: AnchoredPattern | null;
  readonly query: Patterns;
}

/** A match of HTTP requests with its patterns compiled. Immutable. */
export class CompiledHttpMatch implements Candidate<HttpTarget> {
  readonly source: HttpMatch;
  readonly headers: HeaderConditions | null;
  /** null: it has none, as most of thousands. */
  readonly #patterns: HttpPatterns | null;

  constructor(source: HttpMatch, verdicts: PatternVerdicts) {
    this.source = source;
    this.headers = source.headers.length === 0 ? null : new HeaderConditions(source.headers, verdicts);
    const path = source.path.kind === 'regex' ? compilePattern(source.path.value, verdicts) : null;
    const query = compilePatterns(source.queryParams, verdicts);
    this.#patterns = path === null && query === null ? null : { path, query };
  }

  get kind(): 'http' {
    return 'http';
  }

  /** True when pattern of the path, method and query parameters hold. Exact paths and prefixes are the index's to find. */
  takes(target: HttpTarget): boolean {
    const { method } = this.source;
    if (method !== null && method !== target.method) return false;
    const path = this.#patterns === null ? null : this.#patterns.path;
    if (path !== null && !path.takes(target.path)) return false;
    return this.unmetParam(target) === undefined;
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
        return this.#patterns?.path?.takes(path) ?? false;
    }
  }

  /** The first query parameter that does not hold, in the order written. */
  unmetParam(target: HttpTarget): QueryParamMatch | undefined {
    const { queryParams } = this.source;
    const patterns = this.#patterns === null ? null : this.#patterns.query;
    for (let at = 0; at < queryParams.length; at++) {
      const param = queryParams[at] as QueryParamMatch;
      const value = target.param(param.name);
      if (value === undefined) return param;
      const pattern = patterns === null ? null : (patterns[at] ?? null);
      if (pattern === null ? value !== param.value : !pattern.takes(value)) return param;
    }
    return undefined;
  }
}
