// SPDX-License-Identifier: Apache-2.0

import type { HTTPPathMatch, HTTPQueryParamMatch, HTTPRouteMatch } from '../../resources/index.ts';
import type { HttpMatch, HttpPathMatch } from '../../snapshot/index.ts';
import {
  brokenPattern,
  type CompiledMatches,
  compileHeaders,
  headerPatterns,
  type MatchSite,
  type WrittenPattern,
} from './matches.ts';

/** Compiles the matches of an HTTPRoute's rule; the schema gives at least one to a rule without. */
export function compileHttpMatches(written: readonly HTTPRouteMatch[], { route, path }: MatchSite): CompiledMatches {
  const matches: HttpMatch[] = [];
  for (const [index, match] of written.entries()) {
    const site = { route, path: [...path, index] };
    const patterns = [
      ...pathPatterns(match.path),
      ...headerPatterns(match.headers),
      ...paramPatterns(match.queryParams ?? []),
    ];
    const problem = brokenPattern(patterns, site);
    if (problem !== undefined) return { problem };
    matches.push({
      kind: 'http',
      path: compilePath(match.path),
      method: match.method ?? null,
      headers: compileHeaders(match.headers),
      queryParams: (match.queryParams ?? []).map(({ type, name, value }) => ({
        kind: type === 'RegularExpression' ? 'regex' : 'exact',
        name,
        value,
      })),
    });
  }
  return { matches };
}

/** A prefix ends at the end of an element: "a trailing slash is ignored" (PathMatchPathPrefix). */
function compilePath({ type, value }: HTTPPathMatch): HttpPathMatch {
  switch (type) {
    case 'Exact':
      return { kind: 'exact', value };
    case 'PathPrefix':
      return { kind: 'prefix', value: value.replace(/\/+$/, '') || '/' };
    case 'RegularExpression':
      return { kind: 'regex', value };
  }
}

function pathPatterns({ type, value }: HTTPPathMatch): readonly WrittenPattern[] {
  return type === 'RegularExpression' ? [{ path: ['path', 'value'], pattern: value }] : [];
}

function paramPatterns(params: readonly HTTPQueryParamMatch[]): readonly WrittenPattern[] {
  return params.flatMap(({ type, value }, index) =>
    type === 'RegularExpression' ? [{ path: ['queryParams', index, 'value'], pattern: value }] : [],
  );
}
