// SPDX-License-Identifier: Apache-2.0

import { type RequestMatch, type RouteEntry, sameContent, type VirtualHost } from '../snapshot/index.ts';
import type { Placed } from './candidate-list.ts';
import { type CompiledMatch, compileMatch } from './compiled-match.ts';
import { EMPTY_INDEX, type EntryIndex, NOWHERE } from './entry-index.ts';
import type { CompiledGrpcMatch } from './grpc/compiled-grpc-match.ts';
import { GrpcIndex } from './grpc/grpc-index.ts';
import type { CompiledHttpMatch } from './http/compiled-http-match.ts';
import { HttpIndex } from './http/http-index.ts';
import type { PatternVerdicts } from './pattern-verdicts.ts';
import type { RequestView } from './request-view.ts';

/**
 * A virtual host with its indexes. They depend on the matches and their order only: when rules changed but matches
 * did not (a weight, a filter, a backend), the next version shares them.
 */
export class CompiledVirtualHost {
  readonly source: VirtualHost;
  readonly matcher: HostMatcher;

  constructor(source: VirtualHost, matcher: HostMatcher) {
    this.source = source;
    this.matcher = matcher;
  }

  /** The first entry, in their order, that takes the request. */
  match(request: RequestView): RouteEntry | undefined {
    const { grpc, http } = this.matcher;
    const place = http.first(request, grpc.first(request, NOWHERE));
    return place === NOWHERE ? undefined : this.source.entries[place];
  }
}

/** The matches of a virtual host's entries, ready to be asked. */
interface HostMatcher {
  /** In the order of the entries. */
  readonly matches: readonly CompiledMatch[];
  readonly grpc: EntryIndex;
  readonly http: EntryIndex;
  /** Names of all headers that the matches look at. */
  readonly headerNames: ReadonlySet<string>;
}

/** Compiles a virtual host; what did not change since `previous` is taken over. Linear in the entries, by identity. */
export function compileVirtualHost(
  source: VirtualHost,
  verdicts: PatternVerdicts,
  previous: CompiledVirtualHost | undefined,
): CompiledVirtualHost {
  if (previous?.source === source) return previous;
  if (previous !== undefined && haveSameMatches(previous.matcher, source.entries)) {
    return new CompiledVirtualHost(source, previous.matcher);
  }
  const known = new Map<RequestMatch, CompiledMatch>();
  for (const match of previous?.matcher.matches ?? []) known.set(match.source, match);
  const matches = source.entries.map(({ match }) => known.get(match) ?? compileMatch(match, verdicts));
  return new CompiledVirtualHost(source, hostMatcher(matches));
}

function hostMatcher(matches: readonly CompiledMatch[]): HostMatcher {
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

function haveSameMatches({ matches }: HostMatcher, entries: readonly RouteEntry[]): boolean {
  return matches.length === entries.length && entries.every(({ match }, at) => sameContent(matches[at]?.source, match));
}
