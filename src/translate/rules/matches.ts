// SPDX-License-Identifier: Apache-2.0

/** What the matches of all kinds of routes have in common. */
import type { GRPCHeaderMatch, HTTPHeaderMatch } from '../../resources/index.ts';
import type { HeaderMatch, RequestMatch } from '../../snapshot/index.ts';
import { fitted } from '../../values/index.ts';
import type { Problem } from '../outcomes.ts';
import { findingOf, type Named } from '../report.ts';
import { measurePattern } from './pattern-size.ts';

type Path = readonly (string | number)[];

/** The matches of a rule as the data plane takes them (at least one), or why the rule cannot be used. */
export type CompiledMatches =
  | { readonly matches: readonly RequestMatch[]; readonly patternSize: number }
  | { readonly problem: Problem<'UnsupportedValue'> };

/** Where matches stand: `path` is that of the list, or of what is in it. */
export interface MatchSite {
  readonly route: Named;
  readonly path: Path;
  /** Steps that patterns here may have together: what those of earlier rules leave of `MAX_ROUTE_PATTERN_SIZE`. */
  readonly patternRoom: number;
}

/** A pattern with its place in the match. */
export interface WrittenPattern {
  readonly path: Path;
  readonly pattern: string;
}

/** How matches of one kind are read. */
export interface MatchReader<Written> {
  readonly patternsOf: (match: Written) => readonly WrittenPattern[];
  readonly compile: (match: Written) => RequestMatch;
}

/** Compiles the matches of a rule, in the order written. A pattern that cannot be used makes the rule unusable. */
export function compileEach<Written>(
  written: readonly Written[],
  { route, path, patternRoom }: MatchSite,
  { patternsOf, compile }: MatchReader<Written>,
): CompiledMatches {
  const matches: RequestMatch[] = [];
  let room = patternRoom;
  for (const [index, match] of written.entries()) {
    const left = roomAfter(patternsOf(match), { route, path: [...path, index], patternRoom: room });
    if (typeof left !== 'number') return { problem: left };
    room = left;
    matches.push(compile(match));
  }
  return { matches, patternSize: patternRoom - room };
}

/** A header match as routes of all kinds write it. */
type WrittenHeaderMatch = GRPCHeaderMatch | HTTPHeaderMatch;

/**
 * Of several entries for one name the first counts, whatever their case (GRPCHeaderMatch.name, HTTPHeaderMatch.name). A lint
 * reports the others.
 */
export function compileHeaders(headers: readonly WrittenHeaderMatch[] | undefined): readonly HeaderMatch[] {
  const compiled = new Map<string, HeaderMatch>();
  for (const header of headers ?? []) {
    const name = header.name.toLowerCase();
    const kind = header.type === 'RegularExpression' ? 'regex' : 'exact';
    if (!compiled.has(name)) compiled.set(name, { kind, name, value: header.value });
  }
  return fitted([...compiled.values()]);
}

/** The patterns among header matches. */
export function headerPatterns(headers: readonly WrittenHeaderMatch[] | undefined): readonly WrittenPattern[] {
  return (headers ?? []).flatMap(({ type, value }, index) =>
    type === 'RegularExpression' ? [{ path: ['headers', index, 'value'], pattern: value }] : [],
  );
}

/** The room that is left when all of them are used; or why one cannot be. */
function roomAfter(
  patterns: readonly WrittenPattern[],
  { route, path, patternRoom }: MatchSite,
): Problem<'UnsupportedValue'> | number {
  let room = patternRoom;
  for (const { path: place, pattern } of patterns) {
    const measured = measurePattern(pattern, room);
    if ('size' in measured) {
      room -= measured.size;
      continue;
    }
    const { why, isTooLarge } = measured;
    const finding = findingOf('route/invalid-regex', route, {
      path: [...path, ...place],
      message: isTooLarge
        ? `"${pattern}" is too large a regular expression: ${why}`
        : `"${pattern}" is not a regular expression that RE2 can read: ${why}`,
      help: isTooLarge
        ? 'Repeat less: + or * in the place of large counts, or have fewer patterns in a route'
        : 'Use RE2 syntax (no look-around, no back-references), or type: Exact',
    });
    return { reason: 'UnsupportedValue', finding };
  }
  return room;
}
