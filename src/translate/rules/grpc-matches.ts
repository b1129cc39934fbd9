// SPDX-License-Identifier: Apache-2.0

import { RE2JS } from 're2js';
import type { Finding } from '../../errors/index.ts';
import type { GRPCHeaderMatch, GRPCMethodMatch, GRPCRoute, GRPCRouteMatch } from '../../resources/index.ts';
import type { GrpcMatch, GrpcMethodMatch, HeaderMatch } from '../../snapshot/index.ts';
import { isDroppedAtEdge } from '../../values/index.ts';
import type { Problem } from '../outcomes.ts';
import { errorFinding, infoFinding, warningFinding } from '../report.ts';

type Path = readonly (string | number)[];

/** A match as the data plane takes it, or why its rule cannot be used. */
export type CompiledMatch =
  | { readonly match: GrpcMatch; readonly findings: readonly Finding[] }
  | { readonly problem: Problem<'UnsupportedValue'> };

/** A rule without matches, and an empty match, take every gRPC request. */
export const MATCH_ALL: GrpcMatch = { kind: 'grpc', method: null, headers: [] };

/** Compiles one match of `route`. Patterns are RE2; one that RE2 cannot read makes the rule unusable. */
export function compileMatch(route: GRPCRoute, match: GRPCRouteMatch, path: Path): CompiledMatch {
  const broken = findBrokenPattern(match);
  if (broken !== undefined) {
    const finding = errorFinding('route/invalid-regex', route, {
      path: [...path, ...broken.path],
      message: `"${broken.pattern}" is not a regular expression that RE2 can read: ${broken.why}`,
      help: 'Use RE2 syntax (no look-around, no back-references), or type: Exact',
    });
    return { problem: { reason: 'UnsupportedValue', finding } };
  }
  const findings: Finding[] = [];
  const headers = compileHeaders(route, match.headers ?? [], { path: [...path, 'headers'], findings });
  return { match: { kind: 'grpc', method: compileMethod(match.method), headers }, findings };
}

function compileMethod(method: GRPCMethodMatch | undefined): GrpcMethodMatch | null {
  const service = method?.service === undefined || method.service === '' ? null : method.service;
  const name = method?.method === undefined || method.method === '' ? null : method.method;
  if (method === undefined || (service === null && name === null)) return null;
  return { kind: method.type === 'RegularExpression' ? 'regex' : 'exact', service, method: name };
}

/** Of several entries for one name the first counts, whatever their case (GRPCHeaderMatch.name). */
function compileHeaders(
  route: GRPCRoute,
  headers: readonly GRPCHeaderMatch[],
  { path, findings }: { path: Path; findings: Finding[] },
): readonly HeaderMatch[] {
  const compiled = new Map<string, HeaderMatch>();
  headers.forEach((header, index) => {
    const name = header.name.toLowerCase();
    if (compiled.has(name)) {
      findings.push(
        infoFinding('lint/duplicate-header', route, {
          path: [...path, index, 'name'],
          message: `Header ${header.name} is matched twice; only the first entry counts`,
          help: 'Remove one',
        }),
      );
      return;
    }
    if (isDroppedAtEdge(name)) findings.push(neverMatches(route, header.name, [...path, index, 'name']));
    compiled.set(name, { kind: header.type === 'RegularExpression' ? 'regex' : 'exact', name, value: header.value });
  });
  return [...compiled.values()];
}

function neverMatches(route: GRPCRoute, header: string, path: Path): Finding {
  return warningFinding('lint/header-never-matches', route, {
    path,
    message: `Header ${header} is dropped when a client sends it, so this match takes no request`,
    help: 'Match a header of your own',
  });
}

interface BrokenPattern {
  readonly path: Path;
  readonly pattern: string;
  readonly why: string;
}

function findBrokenPattern(match: GRPCRouteMatch): BrokenPattern | undefined {
  const patterns: { path: Path; pattern: string }[] = [];
  if (match.method?.type === 'RegularExpression') {
    const { service, method } = match.method;
    if (service !== undefined) patterns.push({ path: ['method', 'service'], pattern: service });
    if (method !== undefined) patterns.push({ path: ['method', 'method'], pattern: method });
  }
  match.headers?.forEach((header, index) => {
    if (header.type === 'RegularExpression')
      patterns.push({ path: ['headers', index, 'value'], pattern: header.value });
  });
  for (const { path, pattern } of patterns) {
    const why = patternProblem(pattern);
    if (why !== undefined) return { path, pattern, why };
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
