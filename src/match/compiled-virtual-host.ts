// SPDX-License-Identifier: Apache-2.0

import type { RequestMatch, RouteEntry, VirtualHost } from '../snapshot/index.ts';
import { type CompiledMatch, compileMatch } from './compiled-match.ts';
import { EntryIndex } from './entry-index.ts';
import type { PatternVerdicts } from './pattern-verdicts.ts';
import type { RequestView } from './request-view.ts';

/**
 * A virtual host with its index. The index depends on the matches and their order only: when rules changed but matches
 * did not (a weight, a filter, a backend), the next version shares it.
 */
export class CompiledVirtualHost {
  readonly source: VirtualHost;
  readonly index: EntryIndex;
  /** Names of all headers that its matches look at. */
  readonly headerNames: ReadonlySet<string>;

  constructor(source: VirtualHost, index: EntryIndex, headerNames: ReadonlySet<string>) {
    this.source = source;
    this.index = index;
    this.headerNames = headerNames;
  }

  /** The first entry, in their order, that takes the request. */
  match(request: RequestView): RouteEntry | undefined {
    const place = this.index.first(request);
    return place === undefined ? undefined : this.source.entries[place];
  }
}

/** Compiles a virtual host; what did not change since `previous` is taken over. Linear in the entries, by identity. */
export function compileVirtualHost(
  source: VirtualHost,
  verdicts: PatternVerdicts,
  previous: CompiledVirtualHost | undefined,
): CompiledVirtualHost {
  if (previous?.source === source) return previous;
  if (previous !== undefined && haveSameMatches(previous, source.entries)) {
    return new CompiledVirtualHost(source, previous.index, previous.headerNames);
  }
  const known = new Map<RequestMatch, CompiledMatch>();
  for (const match of previous?.index.matches ?? []) known.set(match.source, match);
  const matches = source.entries.map(({ match }) => known.get(match) ?? compileMatch(match, verdicts));
  return new CompiledVirtualHost(source, new EntryIndex(matches), headerNamesOf(source.entries));
}

function haveSameMatches(previous: CompiledVirtualHost, entries: readonly RouteEntry[]): boolean {
  const { matches } = previous.index;
  return matches.length === entries.length && entries.every(({ match }, at) => isSameMatch(matches[at]?.source, match));
}

function isSameMatch(a: RequestMatch | undefined, b: RequestMatch): boolean {
  if (a === b) return true;
  if (a === undefined || a.headers.length !== b.headers.length) return false;
  const sameMethod =
    a.method?.kind === b.method?.kind &&
    a.method?.service === b.method?.service &&
    a.method?.method === b.method?.method;
  return sameMethod && a.headers.every((header, at) => isSameHeader(header, b.headers[at]));
}

function isSameHeader(a: RequestMatch['headers'][number], b: RequestMatch['headers'][number] | undefined): boolean {
  return a.kind === b?.kind && a.name === b.name && a.value === b.value;
}

function headerNamesOf(entries: readonly RouteEntry[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { match } of entries) for (const { name } of match.headers) names.add(name);
  return names;
}
