// SPDX-License-Identifier: Apache-2.0

import { type RequestMatch, type RouteEntry, sameContent, type VirtualHost } from '../snapshot/index.ts';
import { type CompiledMatch, compileMatch } from './compiled-match.ts';
import { NOWHERE } from './entry-index.ts';
import { type HostMatcher, hostMatcher } from './host-matcher.ts';
import type { PatternVerdicts } from './pattern-verdicts.ts';
import { type PatternWork, PatternWorkSpent, TOO_MUCH_WORK } from './pattern-work.ts';
import type { RequestView } from './request-view.ts';
import type { SharedMatchers } from './shared-matchers.ts';

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

  /** The first entry, in their order, that takes the request. Throws `PatternWorkSpent`. */
  match(request: RequestView): RouteEntry | undefined {
    const { grpc, http } = this.matcher;
    const place = http.first(request, grpc.first(request, NOWHERE));
    return place === NOWHERE ? undefined : this.source.entries[place];
  }
}

/** The first entry that takes the request, of the first of these hosts that has one. */
export function firstEntry(hosts: readonly CompiledVirtualHost[], request: RequestView, work: PatternWork): Taken {
  work.begin();
  try {
    for (let at = 0; at < hosts.length; at++) {
      const entry = (hosts[at] as CompiledVirtualHost).match(request);
      if (entry !== undefined) return entry;
    }
    return undefined;
  } catch (error) {
    if (error instanceof PatternWorkSpent) return TOO_MUCH_WORK;
    throw error;
  }
}

/** undefined: no entry takes the request. `TOO_MUCH_WORK`: it is refused, and which one would take it is not known. */
export type Taken = RouteEntry | undefined | typeof TOO_MUCH_WORK;

/** What all virtual hosts of a worker share. */
export interface MatcherOptions {
  readonly verdicts: PatternVerdicts;
  readonly matchers: SharedMatchers;
}

/** Compiles a virtual host; what did not change since `previous` is taken over. Linear in the entries, by identity. */
export function compileVirtualHost(
  source: VirtualHost,
  { verdicts, matchers }: MatcherOptions,
  previous: CompiledVirtualHost | undefined,
): CompiledVirtualHost {
  if (previous?.source === source) return previous;
  const shared = matchers.find(source.entries);
  if (shared !== undefined) return new CompiledVirtualHost(source, shared);
  if (previous !== undefined && haveSameMatches(previous.matcher, source.entries)) {
    return new CompiledVirtualHost(source, matchers.add(previous.matcher, source.entries));
  }
  const layered = matchers.layered.find(source.entries, match => compileMatch(match, verdicts));
  if (layered !== undefined) return new CompiledVirtualHost(source, matchers.add(layered, source.entries));
  const known = new Map<RequestMatch, CompiledMatch>();
  for (const match of previous?.matcher.matches ?? []) known.set(match.source, match);
  const matches = source.entries.map(({ match }) => known.get(match) ?? compileMatch(match, verdicts));
  const matcher = hostMatcher(matches);
  matchers.layered.add(matcher);
  return new CompiledVirtualHost(source, matchers.add(matcher, source.entries));
}

function haveSameMatches({ matches }: HostMatcher, entries: readonly RouteEntry[]): boolean {
  return matches.length === entries.length && entries.every(({ match }, at) => sameContent(matches[at]?.source, match));
}
