// SPDX-License-Identifier: Apache-2.0

import type { HttpMatch } from '../../snapshot/index.ts';
import { compareStrings } from '../../values/index.ts';

/**
 * The precedence of HTTPRoute's matches within a hostname (HTTPRouteRule.matches), best first:
 *
 * > precedence must be given to the match having: "Exact" path match. "Prefix" path match with largest number of characters.
 * > Method match. Largest number of header matches. Largest number of query param matches. … The precedence of RegularExpression
 * > path matches are implementation-specific.
 *
 * Regular expressions stand after exact paths and before prefixes, longer patterns first: behind prefixes, a rule for `/` would
 * hide them all.
 */
export function compareHttpMatches(a: HttpMatch, b: HttpMatch): number {
  return (
    PATH_RANKS[a.path.kind] - PATH_RANKS[b.path.kind] ||
    b.path.value.length - a.path.value.length ||
    Number(a.method === null) - Number(b.method === null) ||
    b.headers.length - a.headers.length ||
    b.queryParams.length - a.queryParams.length
  );
}

const PATH_RANKS: Readonly<Record<HttpMatch['path']['kind'], number>> = { exact: 0, regex: 1, prefix: 2 };

/** Path, method and query of a match as text: equal for equal ones, whatever the order of query parameters. */
export function httpTargetKey({ path, method, queryParams }: HttpMatch): string {
  const params = queryParams.map(({ kind, name, value }) => `?${name} ${kind} ${value}`).sort(compareStrings);
  return [`${path.kind} ${path.value}`, method ?? '*', ...params].join('\n');
}
