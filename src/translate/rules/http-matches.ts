// SPDX-License-Identifier: Apache-2.0

import type { HTTPPathMatch, HTTPQueryParamMatch, HTTPRouteMatch } from '../../resources/index.ts';
import type { HttpMatch, HttpPathMatch } from '../../snapshot/index.ts';
import { fitted, normalTarget } from '../../values/index.ts';
import {
  type CompiledMatches,
  compileEach,
  compileHeaders,
  headerPatterns,
  type MatchReader,
  type MatchSite,
  type WrittenPattern,
} from './matches.ts';

/** Compiles the matches of an HTTPRoute's rule; the schema gives at least one to a rule without. */
export function compileHttpMatches(written: readonly HTTPRouteMatch[], site: MatchSite): CompiledMatches {
  return compileEach(written, site, READER);
}

const READER: MatchReader<HTTPRouteMatch> = {
  patternsOf: ({ path, headers, queryParams = [] }) => [
    ...pathPatterns(path),
    ...headerPatterns(headers),
    ...paramPatterns(queryParams),
  ],
  compile: ({ path, method, headers, queryParams = [] }): HttpMatch => ({
    kind: 'http',
    path: compilePath(path),
    method: method ?? null,
    headers: compileHeaders(headers),
    queryParams: fitted(
      queryParams.map(({ type, name, value }) => ({
        kind: type === 'RegularExpression' ? ('regex' as const) : ('exact' as const),
        name,
        value,
      })),
    ),
  }),
};

/** Rules see paths normalised, so what a rule says is (`normalTarget`). A prefix ends at the end of an element: "a trailing slash is ignored" (PathMatchPathPrefix). */
function compilePath({ type, value }: HTTPPathMatch): HttpPathMatch {
  switch (type) {
    case 'Exact':
      return { kind: 'exact', value: normalTarget(value) || value };
    case 'PathPrefix':
      return { kind: 'prefix', value: (normalTarget(value) || value).replace(/\/+$/, '') || '/' };
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
