// SPDX-License-Identifier: Apache-2.0

import type { GrpcMethodMatch, RequestMatch } from '../snapshot/index.ts';
import { type AnchoredPattern, compilePattern } from './anchored-pattern.ts';
import { splitGrpcPath } from './grpc-path.ts';
import { HeaderConditions } from './header-conditions.ts';
import type { PatternVerdicts } from './pattern-verdicts.ts';
import type { RequestView } from './request-view.ts';

/** A match with its patterns compiled. `headers` null: none asked for. */
export interface CompiledMatch {
  readonly source: RequestMatch;
  readonly headers: HeaderConditions | null;
  /** For methods of kind `regex` only; null means that this half is not compared. */
  readonly service: AnchoredPattern | null;
  readonly method: AnchoredPattern | null;
}

/** Compiles the patterns of a match, once: callers keep the result by the identity of the match. */
export function compileMatch(source: RequestMatch, verdicts: PatternVerdicts): CompiledMatch {
  const regex = source.method?.kind === 'regex' ? source.method : undefined;
  return {
    source,
    headers: source.headers.length === 0 ? null : new HeaderConditions(source.headers, verdicts),
    service: regex === undefined || regex.service === null ? null : compilePattern(regex.service, verdicts),
    method: regex === undefined || regex.method === null ? null : compilePattern(regex.method, verdicts),
  };
}

/** True when the method half of the match takes the request's path. The index answers this faster for exact methods. */
export function methodHolds(match: CompiledMatch, request: RequestView): boolean {
  const method = match.source.method;
  const path = splitGrpcPath(request.path);
  if (path === undefined) return false;
  if (method === null) return true;
  if (method.kind === 'regex') return regexHolds(match, path.service, path.method);
  return exactHolds(method, path.service, path.method);
}

/** True when the patterns of a match of kind `regex` take both names. */
export function regexHolds(match: CompiledMatch, service: string, method: string): boolean {
  return (
    (match.service === null || match.service.takes(service)) && (match.method === null || match.method.takes(method))
  );
}

function exactHolds(match: GrpcMethodMatch, service: string, method: string): boolean {
  return (match.service === null || match.service === service) && (match.method === null || match.method === method);
}
