// SPDX-License-Identifier: Apache-2.0

import type { GRPCMethodMatch, GRPCRouteMatch } from '../../resources/index.ts';
import type { GrpcMatch, GrpcMethodMatch } from '../../snapshot/index.ts';
import {
  type CompiledMatches,
  compileEach,
  compileHeaders,
  headerPatterns,
  type MatchReader,
  type MatchSite,
  type WrittenPattern,
} from './matches.ts';

/** A rule without matches, and an empty match, take every gRPC request. */
const MATCH_ALL: GrpcMatch = { kind: 'grpc', method: null, headers: [] };

/** Compiles the matches of a GRPCRoute's rule. */
export function compileGrpcMatches(written: readonly GRPCRouteMatch[], site: MatchSite): CompiledMatches {
  return written.length === 0 ? { matches: [MATCH_ALL], patternSize: 0 } : compileEach(written, site, READER);
}

const READER: MatchReader<GRPCRouteMatch> = {
  patternsOf: ({ method, headers }) => [...methodPatterns(method), ...headerPatterns(headers)],
  compile: ({ method, headers }): GrpcMatch => ({
    kind: 'grpc',
    method: compileMethod(method),
    headers: compileHeaders(headers),
  }),
};

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
