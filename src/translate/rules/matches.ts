// SPDX-License-Identifier: Apache-2.0

/** What the matches of all kinds of routes have in common. */
import { RE2JS } from 're2js';
import type { Finding } from '../../errors/index.ts';
import type { HeaderMatch, RequestMatch } from '../../snapshot/index.ts';
import { isDroppedAtEdge } from '../../values/index.ts';
import type { Problem } from '../outcomes.ts';
import { findingOf, type Named } from '../report.ts';

type Path = readonly (string | number)[];

/** The matches of a rule as the data plane takes them (at least one), or why the rule cannot be used. */
export type CompiledMatches =
  | { readonly matches: readonly RequestMatch[]; readonly findings: readonly Finding[] }
  | { readonly problem: Problem<'UnsupportedValue'> };

/** Where matches stand: `path` is that of the list, or of what is in it. */
export interface MatchSite {
  readonly route: Named;
  readonly path: Path;
}

/** A pattern with its place in the match. */
export interface WrittenPattern {
  readonly path: Path;
  readonly pattern: string;
}

/** A header match as routes of all kinds write it. */
interface WrittenHeaderMatch {
  readonly type: 'Exact' | 'RegularExpression';
  readonly name: string;
  readonly value: string;
}

/** Of several entries for one name the first counts, whatever their case (GRPCHeaderMatch.name, HTTPHeaderMatch.name). */
export function compileHeaders(
  headers: readonly WrittenHeaderMatch[] | undefined,
  { route, path }: MatchSite,
  findings: Finding[],
): readonly HeaderMatch[] {
  const compiled = new Map<string, HeaderMatch>();
  headers?.forEach((header, index) => {
    const name = header.name.toLowerCase();
    if (compiled.has(name)) {
      findings.push(
        findingOf('lint/duplicate-header', route, {
          path: [...path, 'headers', index, 'name'],
          message: `Header ${header.name} is matched twice; only the first entry counts`,
          help: 'Remove one',
        }),
      );
      return;
    }
    if (isDroppedAtEdge(name)) findings.push(neverMatches(route, header.name, [...path, 'headers', index, 'name']));
    compiled.set(name, { kind: header.type === 'RegularExpression' ? 'regex' : 'exact', name, value: header.value });
  });
  return [...compiled.values()];
}

function neverMatches(route: Named, header: string, path: Path): Finding {
  return findingOf('lint/header-never-matches', route, {
    path,
    message: `Header ${header} is dropped when a client sends it, so this match takes no request`,
    help: 'Match a header of your own',
  });
}

/** The patterns among header matches. */
export function headerPatterns(headers: readonly WrittenHeaderMatch[] | undefined): readonly WrittenPattern[] {
  return (headers ?? []).flatMap(({ type, value }, index) =>
    type === 'RegularExpression' ? [{ path: ['headers', index, 'value'], pattern: value }] : [],
  );
}

/** Patterns are RE2; one that RE2 cannot read makes its rule unusable. Undefined: all can be read. */
export function brokenPattern(
  patterns: readonly WrittenPattern[],
  { route, path }: MatchSite,
): Problem<'UnsupportedValue'> | undefined {
  for (const { path: place, pattern } of patterns) {
    const why = patternProblem(pattern);
    if (why === undefined) continue;
    const finding = findingOf('route/invalid-regex', route, {
      path: [...path, ...place],
      message: `"${pattern}" is not a regular expression that RE2 can read: ${why}`,
      help: 'Use RE2 syntax (no look-around, no back-references), or type: Exact',
    });
    return { reason: 'UnsupportedValue', finding };
  }
  return undefined;
}

function patternProblem(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
