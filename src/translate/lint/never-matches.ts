// SPDX-License-Identifier: Apache-2.0

/** Matches that no request can meet, whatever else a rule asks for. What is not certain is not reported. */
import type { Finding } from '../../errors/index.ts';
import type { GRPCRouteMatch, HTTPPathMatch } from '../../resources/index.ts';
import { findingOf } from '../report.ts';
import { type RequestRoute, type RouteRule, rulesOf } from '../route-kinds.ts';

type Path = readonly (string | number)[];

export function lintNeverMatches(route: RequestRoute): readonly Finding[] {
  return rulesOf(route).flatMap((source, index) => ruleFindings(route, source, ['spec', 'rules', index, 'matches']));
}

function ruleFindings(route: RequestRoute, source: RouteRule, at: Path): readonly Finding[] {
  switch (source.kind) {
    case 'GRPCRoute':
      return (source.rule.matches ?? []).flatMap(({ method }, index) =>
        method === undefined ? [] : methodFindings(route, method, [...at, index, 'method']),
      );
    case 'HTTPRoute':
      return source.rule.matches.flatMap(({ path, method }, index) => [
        ...pathFindings(route, path, [...at, index, 'path', 'value']),
        ...(method === 'CONNECT' ? [unservedMethod(route, [...at, index, 'method'])] : []),
      ]);
  }
}

function pathFindings(route: RequestRoute, { type, value }: HTTPPathMatch, path: Path): readonly Finding[] {
  if (type !== 'RegularExpression') return [];
  const never = (why: string, help: string): readonly Finding[] => [
    findingOf('lint/path-never-matches', route, { path, message: `No request has a path like ${value}: ${why}`, help }),
  ];
  if (demands(value, '\\?')) return never('paths are compared without their query', 'Match the query by queryParams');
  if (beginsWithoutSlash(value))
    return never(
      'every path begins with a slash, and patterns take whole paths',
      `Begin the pattern with a slash, or with .*`,
    );
  return [];
}

function methodFindings(
  route: RequestRoute,
  { type, service, method }: NonNullable<GRPCRouteMatch['method']>,
  at: Path,
): readonly Finding[] {
  if (type !== 'RegularExpression') return [];
  return Object.entries({ service, method }).flatMap(([name, pattern]) => {
    if (pattern === undefined || !demands(pattern, '/')) return [];
    const message = `No ${name} has a name like ${pattern}: service and method are compared without the slash between them`;
    return [findingOf('lint/method-never-matches', route, { path: [...at, name], message, help: 'Write them apart' })];
  });
}

/** Also where it carries an upgrade: rules see that as a GET. */
function unservedMethod(route: RequestRoute, path: Path): Finding {
  const message = 'CONNECT is not served (501), so this match takes no request';
  const help = 'Match GET, which rules see of a request for an upgrade, and the header upgrade';
  return findingOf('lint/method-never-matches', route, { path, message, help });
}

/** The first character of a pattern stands for itself. Alternatives may begin otherwise. */
function beginsWithoutSlash(pattern: string): boolean {
  const [, first = '', next = ''] = /^(?:\^|\(\?i\))*([A-Za-z0-9_%~-])(.?)/s.exec(pattern) ?? [];
  return first !== '' && !/[*?{]/.test(next) && !pattern.includes('|');
}

/** Every text that a pattern takes has `literal` (as patterns write it), which stands outside of groups, classes and alternatives. */
function demands(pattern: string, literal: string): boolean {
  if (HARD_TO_READ.test(pattern)) return false;
  const flat = withoutNests(pattern);
  const at = flat.indexOf(literal);
  return at >= 0 && !/[*?{]/.test(flat.charAt(at + literal.length));
}

/** Alternatives, quoted text, and classes that a bracket does not end. */
const HARD_TO_READ = /\||\\Q|\[:|\[\^?\]/;

/** Blanks what stands in groups and classes, and escaped brackets and backslashes. */
function withoutNests(pattern: string): string {
  let text = pattern.replace(/\\[()[\]\\]/g, '__');
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(/\[[^\]]*\]|\([^()]*\)/g, nested => '_'.repeat(nested.length));
  }
  return text;
}
