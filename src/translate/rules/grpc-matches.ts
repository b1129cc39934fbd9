// SPDX-License-Identifier: Apache-2.0

import type { GRPCMethodMatch, GRPCRouteMatch } from '../../resources/index.ts';
import type { GrpcMatch, GrpcMethodMatch } from '../../snapshot/index.ts';
import {
  brokenPattern,
  type CompiledMatches,
  compileHeaders,
  headerPatterns,
  type MatchSite,
  type WrittenPattern,
} from './matches.ts';

/** A rule without matches, and an empty match, take every gRPC request. */
const MATCH_ALL: GrpcMatch = { kind: 'grpc', method: null, headers: [] };

/** Compiles the matches of a GRPCRoute's rule. */
export function compileGrpcMatches(written: readonly GRPCRouteMatch[], { route, path }: MatchSite): CompiledMatches {
  const matches: GrpcMatch[] = [];
  for (const [index, match] of written.entries()) {
    const site = { route, path: [...path, index] };
    const problem = brokenPattern([...methodPatterns(match.method), ...headerPatterns(match.headers)], site);
    if (problem !== undefined) return { problem };
    const headers = compileHeaders(match.headers);
    matches.push({ kind: 'grpc', method: compileMethod(match.method), headers });
  }
  return { matches: matches.length === 0 ? [MATCH_ALL] : matches };
}

function compileMethod(method: GRPCMethodMatch | undefined): GrpcMethodMatch | null {
  const service = method?.service === undefined || method.service === '' ? null : method.service;
  const name = method?.method === undefined || method.method === '' ? null : method.method;
  if (method === undefined || (service === null && name === null)) return null;
  return { kind: method.type === 'RegularExpression' ? 'regex' : 'exact', service, method: name };
}

function methodPatterns(written: GRPCMethodMatch | undefined): readonly WrittenPattern[] {
  if (written?.type !== 'RegularExpression') return [];
  const { service, method } = written;
  return [
    ...(service === undefined ? [] : [{ path: ['method', 'service'], pattern: service }]),
    ...(method === undefined ? [] : [{ path: ['method', 'method'], pattern: method }]),
  ];
}
