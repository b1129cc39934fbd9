// SPDX-License-Identifier: Apache-2.0

/**
 * Matchers of long lists that differ in little: routes that attach to many listeners, each of which has a route of its own as well. What
 * such lists have in common is indexed once, what each has of its own beside it; else the index of all would be made once for each listener.
 *
 * Per request: both indexes are asked, and the place that comes first in the list wins.
 */
import type { RouteEntry } from '../snapshot/index.ts';
import type { CompiledMatch } from './compiled-match.ts';
import { type EntryIndex, NOWHERE } from './entry-index.ts';
import { type HostMatcher, hostMatcher } from './host-matcher.ts';
import type { RequestView } from './request-view.ts';

/** Shorter lists are indexed by themselves: two indexes to ask would cost more than the one that is saved. */
const LONG_LIST = 512;
/** One entry in so many may be a list's own. */
const OWN_SHARE = 8;
/** What lists had in common lately. */
const MAX_COMMON = 4;

/** How to compile a match that was in no list before. */
type Compile = (match: RouteEntry['match']) => CompiledMatch;

/** The matchers of long lists. One per worker; holds none of them. */
export class LayeredMatchers {
  /** Of what lists have in common, the last first. */
  #common: readonly WeakRef<HostMatcher>[] = [];
  #last: WeakRef<HostMatcher> | undefined;

  /** A matcher that shares most of its index with others; undefined: none has as much in common with the list. */
  find(entries: readonly RouteEntry[], compile: Compile): HostMatcher | undefined {
    if (entries.length < LONG_LIST) return undefined;
    for (const known of this.#common) {
      const split = splitBy(known.deref(), entries);
      if (split !== undefined) return this.#layer(entries, split, compile);
    }
    const common = commonMatches(this.#last?.deref(), entries);
    if (common === undefined) return undefined;
    const base = hostMatcher(common);
    this.#common = [new WeakRef(base), ...this.#common.slice(0, MAX_COMMON - 1)];
    const split = splitBy(base, entries);
    return split === undefined ? undefined : this.#layer(entries, split, compile);
  }

  /** Remembers one that others may have something in common with. */
  add(matcher: HostMatcher): void {
    if (matcher.matches.length >= LONG_LIST) this.#last = new WeakRef(matcher);
  }

  #layer(entries: readonly RouteEntry[], split: Split, compile: Compile): HostMatcher {
    const matcher = layeredMatcher(entries, split, compile);
    this.add(matcher);
    return matcher;
  }
}

/** A list as what it has in common with others, and the rest. */
interface Split {
  readonly base: HostMatcher;
  /** Of the matches of `base`, in the list. */
  readonly basePlaces: Uint32Array;
  readonly ownPlaces: readonly number[];
}

/** undefined: the list does not have all of `base` in its order, or too much besides. */
function splitBy(base: HostMatcher | undefined, entries: readonly RouteEntry[]): Split | undefined {
  if (base === undefined || base.matches.length > entries.length) return undefined;
  const mostOwn = Math.floor(entries.length / OWN_SHARE);
  if (entries.length - base.matches.length > mostOwn) return undefined;
  const basePlaces = new Uint32Array(base.matches.length);
  const ownPlaces: number[] = [];
  let inBase = 0;
  for (let place = 0; place < entries.length; place++) {
    if (base.matches[inBase]?.source === entries[place]?.match) basePlaces[inBase++] = place;
    else if (ownPlaces.push(place) > mostOwn) return undefined;
  }
  return inBase === base.matches.length ? { base, basePlaces, ownPlaces } : undefined;
}

/** What a list has of another, in the order of both; undefined: too little of it. */
function commonMatches(
  other: HostMatcher | undefined,
  entries: readonly RouteEntry[],
): readonly CompiledMatch[] | undefined {
  if (other === undefined) return undefined;
  const { matches } = other;
  const least = Math.ceil((Math.max(matches.length, entries.length) * (OWN_SHARE - 1)) / OWN_SHARE);
  if (Math.min(matches.length, entries.length) < least) return undefined;
  const places = new Map(matches.map(({ source }, place) => [source, place]));
  const common: CompiledMatch[] = [];
  let last = -1;
  for (const { match } of entries) {
    const place = places.get(match) ?? -1;
    if (place <= last) continue;
    common.push(matches[place] as CompiledMatch);
    last = place;
  }
  return common.length < least ? undefined : common;
}

function layeredMatcher(
  entries: readonly RouteEntry[],
  { base, basePlaces, ownPlaces }: Split,
  compile: Compile,
): HostMatcher {
  const own = hostMatcher(ownPlaces.map(place => compile((entries[place] as RouteEntry).match)));
  const matches = new Array<CompiledMatch>(entries.length);
  for (const [at, match] of base.matches.entries()) matches[basePlaces[at] as number] = match;
  for (const [at, match] of own.matches.entries()) matches[ownPlaces[at] as number] = match;
  const layered = (kind: 'grpc' | 'http'): EntryIndex =>
    new LayeredIndex([
      { index: base[kind], places: basePlaces, matcher: base },
      { index: own[kind], places: ownPlaces, matcher: own },
    ]);
  return {
    matches,
    grpc: layered('grpc'),
    http: layered('http'),
    headerNames: new Set([...base.headerNames, ...own.headerNames]),
  };
}

interface Layer {
  readonly index: EntryIndex;
  /** Whose index it is: held, so that a list that changes later finds what it has in common with others. */
  readonly matcher: HostMatcher;
  /** Where the entries of `index` are in the whole list; they ascend. */
  readonly places: ArrayLike<number>;
}

class LayeredIndex implements EntryIndex {
  readonly #layers: readonly Layer[];

  constructor(layers: readonly Layer[]) {
    this.#layers = layers;
  }

  first(request: RequestView, limit: number): number {
    let best = limit;
    for (const { index, places } of this.#layers) {
      const found = index.first(request, NOWHERE);
      if (found !== NOWHERE) best = Math.min(best, places[found] as number);
    }
    return best;
  }
}
