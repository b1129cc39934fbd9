// SPDX-License-Identifier: Apache-2.0

import type { RouteEntry } from '../snapshot/index.ts';
/**
 * Finds, in the ordered entries of one virtual host, those that can take a path: by hash for exact methods, so that the
 * cost of a request does not grow with the number of routes; entries with patterns are tried one by one.
 *
 * Per request: two substrings and at most three hash look-ups; then a walk over at most five ascending lists of places,
 * each no further than the best place so far. Guarded by the case `1 vs 10,000 routes` of `npm run bench`.
 */
import { interned } from '../values/index.ts';
import { type CandidateList, candidateList, EMPTY_CANDIDATES } from './candidate-list.ts';
import type { CompiledMatch } from './compiled-match.ts';
import { type GrpcPath, splitGrpcPath } from './grpc-path.ts';
import type { RequestView } from './request-view.ts';

const NOWHERE = Number.MAX_SAFE_INTEGER;

export class EntryIndex {
  /** In the order of the entries. */
  readonly matches: readonly CompiledMatch[];
  readonly #paths: ReadonlyMap<string, CandidateList>;
  readonly #services: ReadonlyMap<string, CandidateList>;
  readonly #methods: ReadonlyMap<string, CandidateList>;
  readonly #patterns: CandidateList;
  readonly #any: CandidateList;

  constructor(matches: readonly CompiledMatch[]) {
    const places = groupPlaces(matches);
    const toList = (list: readonly number[]) => candidateList(list, matches);
    this.matches = matches;
    this.#paths = mapValues(places.paths, toList);
    this.#services = mapValues(places.services, toList);
    this.#methods = mapValues(places.methods, toList);
    this.#patterns = toList(places.patterns);
    this.#any = toList(places.any);
  }

  /** The place of the first entry that takes the request; undefined when none does. */
  first(request: RequestView): number | undefined {
    if (!request.isGrpc) return undefined;
    const path = splitGrpcPath(request.path);
    if (path === undefined) return undefined;
    const place = this.#firstNamed(request, path);
    return place === NOWHERE ? undefined : place;
  }

  /** Each list is walked only as far as the best place so far; the lists that tend to win come first. */
  #firstNamed(request: RequestView, path: GrpcPath): number {
    let best = this.#listOf(this.#paths, request.path).first(request, path, NOWHERE);
    if (this.#services.size > 0) best = this.#listOf(this.#services, path.service).first(request, path, best);
    if (this.#methods.size > 0) best = this.#listOf(this.#methods, path.method).first(request, path, best);
    best = this.#patterns.first(request, path, best);
    return this.#any.first(request, path, best);
  }

  #listOf(lists: ReadonlyMap<string, CandidateList>, key: string): CandidateList {
    return lists.get(key) ?? EMPTY_CANDIDATES;
  }
}

interface Places {
  readonly paths: Map<string, number[]>;
  readonly services: Map<string, number[]>;
  readonly methods: Map<string, number[]>;
  readonly patterns: number[];
  readonly any: number[];
}

function groupPlaces(matches: readonly CompiledMatch[]): Places {
  const places: Places = { paths: new Map(), services: new Map(), methods: new Map(), patterns: [], any: [] };
  for (const [place, { source }] of matches.entries()) listFor(places, source.method).push(place);
  return places;
}

function listFor(places: Places, method: RouteEntry['match']['method']): number[] {
  if (method === null || (method.service === null && method.method === null)) return places.any;
  if (method.kind === 'regex') return places.patterns;
  if (method.service === null) return listOf(places.methods, method.method ?? '');
  if (method.method === null) return listOf(places.services, method.service);
  return listOf(places.paths, interned(`/${method.service}/${method.method}`));
}

function listOf(lists: Map<string, number[]>, key: string): number[] {
  const known = lists.get(key);
  if (known !== undefined) return known;
  const list: number[] = [];
  lists.set(key, list);
  return list;
}

function mapValues<A, B>(map: ReadonlyMap<string, A>, change: (value: A) => B): ReadonlyMap<string, B> {
  const changed = new Map<string, B>();
  for (const [key, value] of map) changed.set(key, change(value));
  return changed;
}
