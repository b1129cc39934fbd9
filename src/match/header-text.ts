// SPDX-License-Identifier: Apache-2.0

/** Header matches and patterns in words, for matches of all kinds. */
import type { HeaderMatch } from '../snapshot/index.ts';
import { isHiddenFromRules } from '../values/index.ts';
import type { HeaderConditions } from './header-conditions.ts';
import { MAX_PATTERN_TEXT } from './pattern-verdicts.ts';
import type { RequestView } from './request-view.ts';

/** Completes "the path …": why no pattern takes a text. */
export const TOO_LONG = `is longer than the ${MAX_PATTERN_TEXT} characters that patterns are tried on, so it matches none`;

/** True when a text is too long for any pattern. */
export function isTooLong(text: string): boolean {
  return text.length > MAX_PATTERN_TEXT;
}

/** `header env = "canary"`, `header env ~ "c.*"`. */
export function describeHeader(match: HeaderMatch): string {
  return `header ${describeValue(match)}`;
}

/** `env = "canary"`. */
export function describeValue({ kind, name, value }: HeaderMatch): string {
  return `${name} ${kind === 'regex' ? '~' : '='} ${JSON.stringify(value)}`;
}

/** ` (case matters)` where that is the mistake. */
export function caseHint(got: string, wanted: string | null): string {
  return got.toLowerCase() === wanted?.toLowerCase() ? ' (case matters)' : '';
}

/** Why the header matches do not hold, in one line; undefined: they do. */
export function whyNotHeaders(
  {
    headers,
    source,
  }: { readonly headers: HeaderConditions | null; readonly source: { readonly headers: readonly unknown[] } },
  request: RequestView,
): string | undefined {
  const header = headers?.firstUnmet(request);
  if (header === undefined) return undefined;
  const text = whyNotHeader(header, request.header(header.name));
  return source.headers.length < 2 ? text : `${text} (every header of a match must fit)`;
}

function whyNotHeader(match: HeaderMatch, got: string | undefined): string {
  if (isHiddenFromRules(match.name, true))
    return `header ${match.name} is dropped when a client sends it, so no request has it`;
  if (got === undefined && isHiddenFromRules(match.name, false))
    return `header ${match.name} is dropped, unless a proxy that the Gateway trusts sends it`;
  return whyNotValue(`header ${match.name}`, match, got);
}

/** `what` names the field that a match looks at. */
export function whyNotValue(what: string, { kind, value }: HeaderMatch, got: string | undefined): string {
  if (kind === 'regex' && got !== undefined && isTooLong(got)) return `${what} ${TOO_LONG}`;
  const wanted = kind === 'regex' ? `a match of ${value}` : JSON.stringify(value);
  return got === undefined
    ? `${what} is absent, wants ${wanted}`
    : `${what} is ${JSON.stringify(got)}, wants ${wanted}`;
}
