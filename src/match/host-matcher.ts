// SPDX-License-Identifier: Apache-2.0

import type { Placed } from './candidate-list.ts';
import type { CompiledMatch } from './compiled-match.ts';
import { EMPTY_INDEX, type EntryIndex } from './entry-index.ts';
import type { CompiledGrpcMatch } from './grpc/compiled-grpc-match.ts';
import { GrpcIndex } from './grpc/grpc-index.ts';
import type { CompiledHttpMatch } from './http/compiled-http-match.ts';
import { HttpIndex } from './http/http-index.ts';

/** The matches of a virtual host's entries, ready to be asked. */
export interface HostMatcher {
  /** In the order of the entries. */
  readonly matches: readonly CompiledMatch[];
  readonly grpc: EntryIndex;
  readonly http: EntryIndex;
  /** Names of all headers that the matches look at. */
  readonly headerNames: ReadonlySet<string>;
}

/** Indexes matches that stand in order. */
export function hostMatcher(matches: readonly CompiledMatch[]): HostMatcher {
  const grpc: Placed<CompiledGrpcMatch>[] = [];
  const http: Placed<CompiledHttpMatch>[] = [];
  const headerNames = new Set<string>();
  for (const [place, match] of matches.entries()) {
    for (const { name } of match.source.headers) headerNames.add(name);
    switch (match.kind) {
      case 'grpc':
        grpc.push({ place, match });
        break;
      case 'http':
        http.push({ place, match });
        break;
    }
  }
  return {
    matches,
    grpc: grpc.length === 0 ? EMPTY_INDEX : new GrpcIndex(grpc),
    http: http.length === 0 ? EMPTY_INDEX : new HttpIndex(http),
    headerNames,
  };
}
