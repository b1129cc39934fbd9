// SPDX-License-Identifier: Apache-2.0

import type { RequestMatch } from '../snapshot/index.ts';
import { CompiledGrpcMatch } from './grpc/compiled-grpc-match.ts';
import { describeGrpcMatch, whyNotGrpc } from './grpc/grpc-text.ts';
import { CompiledHttpMatch } from './http/compiled-http-match.ts';
import { describeHttpMatch, whyNotHttp } from './http/http-text.ts';
import type { PatternVerdicts } from './pattern-verdicts.ts';
import type { RequestView } from './request-view.ts';

/** A match with its patterns compiled. */
export type CompiledMatch = CompiledGrpcMatch | CompiledHttpMatch;

/** Compiles the patterns of a match, once: callers keep the result by the identity of the match. */
export function compileMatch(source: RequestMatch, verdicts: PatternVerdicts): CompiledMatch {
  switch (source.kind) {
    case 'grpc':
      return new CompiledGrpcMatch(source, verdicts);
    case 'http':
      return new CompiledHttpMatch(source, verdicts);
  }
}

/** What a match asks for: `method pkg.User/Login, header env = "canary"`. */
export function describeMatch(match: RequestMatch): string {
  switch (match.kind) {
    case 'grpc':
      return describeGrpcMatch(match);
    case 'http':
      return describeHttpMatch(match);
  }
}

/** Why a match does not take a request, in one line; undefined: it does. */
export function whyNot(compiled: CompiledMatch, request: RequestView): string | undefined {
  switch (compiled.kind) {
    case 'grpc':
      return whyNotGrpc(compiled, request);
    case 'http':
      return whyNotHttp(compiled, request);
  }
}
