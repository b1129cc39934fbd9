// SPDX-License-Identifier: Apache-2.0

import type { HeaderMatch } from '../snapshot/index.ts';
/**
 * Entries that take the same paths, told apart by headers. Short lists are tried one by one. In a long list the entries
 * with an exact header match are found by that header's value, so that a thousand tenants on one method, told apart by
 * `x-tenant`, cost no more than a few.
 */
import { fitted } from '../values/index.ts';
import { type CompiledMatch, regexHolds } from './compiled-match.ts';
import type { GrpcPath } from './grpc-path.ts';
import type { RequestView } from './request-view.ts';

export interface CandidateList {
  /** The first place below `limit` whose entry takes the request; `limit` when there is none. */
  first(request: RequestView, path: GrpcPath, limit: number): number;
}

export const EMPTY_CANDIDATES: CandidateList = { first: (_request, _path, limit) => limit };

/** Up to here trying is as cheap as hashing. */
const LONGEST_LINEAR = 8;

/** `places` ascend; `matches` are those of all entries. */
export function candidateList(places: readonly number[], matches: readonly CompiledMatch[]): CandidateList {
  if (places.length === 0) return EMPTY_CANDIDATES;
  if (places.length <= LONGEST_LINEAR) return new LinearCandidates(places, matches);
  return headerCandidates(places, matches);
}

class LinearCandidates implements CandidateList {
  readonly #places: readonly number[];
  readonly #matches: readonly CompiledMatch[];

  constructor(places: readonly number[], matches: readonly CompiledMatch[]) {
    this.#places = fitted(places);
    this.#matches = places.map(place => matches[place] as CompiledMatch);
  }

  first(request: RequestView, path: GrpcPath, limit: number): number {
    for (let at = 0; at < this.#places.length; at++) {
      const place = this.#places[at] as number;
      if (place >= limit) return limit;
      if (takes(this.#matches[at] as CompiledMatch, request, path)) return place;
    }
    return limit;
  }
}

function takes(match: CompiledMatch, request: RequestView, path: GrpcPath): boolean {
  if (!regexHolds(match, path.service, path.method)) return false;
  return match.headers === null || match.headers.hold(request);
}

/** The lists of one header, by the value that their entries want. */
interface HeaderGroup {
  readonly name: string;
  readonly values: ReadonlyMap<string, CandidateList>;
}

class HeaderCandidates implements CandidateList {
  readonly #groups: readonly HeaderGroup[];
  readonly #rest: CandidateList;

  constructor(groups: readonly HeaderGroup[], rest: CandidateList) {
    this.#groups = groups;
    this.#rest = rest;
  }

  first(request: RequestView, path: GrpcPath, limit: number): number {
    let best = limit;
    for (const { name, values } of this.#groups) {
      const value = request.header(name);
      const list = value === undefined ? undefined : values.get(value);
      if (list !== undefined) best = list.first(request, path, best);
    }
    return this.#rest.first(request, path, best);
  }
}

function headerCandidates(places: readonly number[], matches: readonly CompiledMatch[]): CandidateList {
  const byName = new Map<string, Map<string, number[]>>();
  const rest: number[] = [];
  for (const place of places) {
    const key = firstExactHeader(matches[place]);
    if (key === undefined) rest.push(place);
    else placesFor(byName, key).push(place);
  }
  const groups: HeaderGroup[] = [];
  for (const [name, byValue] of byName) {
    const values = new Map<string, CandidateList>();
    for (const [value, list] of byValue) values.set(value, new LinearCandidates(list, matches));
    groups.push({ name, values });
  }
  return new HeaderCandidates(groups, new LinearCandidates(rest, matches));
}

function firstExactHeader(match: CompiledMatch | undefined): HeaderMatch | undefined {
  return match?.source.headers.find(header => header.kind === 'exact');
}

function placesFor(byName: Map<string, Map<string, number[]>>, { name, value }: HeaderMatch): number[] {
  const byValue = byName.get(name) ?? new Map<string, number[]>();
  byName.set(name, byValue);
  const places = byValue.get(value) ?? [];
  byValue.set(value, places);
  return places;
}
