// SPDX-License-Identifier: Apache-2.0

/**
 * Entries that take the same paths, told apart by headers. Short lists are tried one by one. In a long list the entries
 * with an exact header match are found by that header's value, so that a thousand tenants on one method, told apart by
 * `x-tenant`, cost no more than a few.
 */
import type { HeaderMatch } from '../snapshot/index.ts';
import type { HeaderConditions } from './header-conditions.ts';
import type { RequestView } from './request-view.ts';

/** A compiled match, as far as an index leaves it open. `Target`: what a request is for, taken apart once. */
export interface Candidate<Target> {
  readonly source: { readonly headers: readonly HeaderMatch[] };
  /** null: none asked for. */
  readonly headers: HeaderConditions | null;
  /** Whether it takes the target, as far as the index has not seen to that. */
  takes(target: Target): boolean;
}

/** A match with the place of its entry. */
export interface Placed<Match> {
  readonly place: number;
  readonly match: Match;
}

export interface CandidateList<Target> {
  /** The first place below `limit` whose entry takes the request; `limit` when there is none. */
  first(request: RequestView, target: Target, limit: number): number;
}

export const EMPTY_CANDIDATES: CandidateList<unknown> = { first: (_request, _target, limit) => limit };

/** Up to here trying is as cheap as hashing. */
const LONGEST_LINEAR = 8;

/** The places of `placed` ascend. */
export function candidateList<Target>(placed: readonly Placed<Candidate<Target>>[]): CandidateList<Target> {
  const last = placed.at(-1);
  if (last === undefined) return EMPTY_CANDIDATES;
  if (placed.length > LONGEST_LINEAR) return headerCandidates(placed);
  return placed.slice(0, -1).reduceRight((next, one) => new CandidateChain(one, next), new CandidateChain(last, null));
}

/** Items by what `keyOf` says of them, in their order. */
export function group<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  }
  return groups;
}

/** A short list: most of thousands have one entry, or two. No arrays for those. */
class CandidateChain<Target> implements CandidateList<Target> {
  readonly #place: number;
  readonly #match: Candidate<Target>;
  /** null: it is the last. */
  readonly #next: CandidateChain<Target> | null;

  constructor({ place, match }: Placed<Candidate<Target>>, next: CandidateChain<Target> | null) {
    this.#place = place;
    this.#match = match;
    this.#next = next;
  }

  first(request: RequestView, target: Target, limit: number): number {
    for (let one: CandidateChain<Target> | null = this; one !== null; one = one.#next) {
      if (one.#place >= limit) return limit;
      const match = one.#match;
      if (match.takes(target) && (match.headers === null || match.headers.hold(request))) return one.#place;
    }
    return limit;
  }
}

/** A long one. */
class LinearCandidates<Target> implements CandidateList<Target> {
  readonly #places: readonly number[];
  readonly #matches: readonly Candidate<Target>[];

  constructor(placed: readonly Placed<Candidate<Target>>[]) {
    this.#places = placed.map(({ place }) => place);
    this.#matches = placed.map(({ match }) => match);
  }

  first(request: RequestView, target: Target, limit: number): number {
    for (let at = 0; at < this.#places.length; at++) {
      const place = this.#places[at] as number;
      if (place >= limit) return limit;
      const match = this.#matches[at] as Candidate<Target>;
      if (match.takes(target) && (match.headers === null || match.headers.hold(request))) return place;
    }
    return limit;
  }
}

/** The lists of one header, by the value that their entries want. */
interface HeaderGroup<Target> {
  readonly name: string;
  readonly values: ReadonlyMap<string, CandidateList<Target>>;
}

class HeaderCandidates<Target> implements CandidateList<Target> {
  readonly #groups: readonly HeaderGroup<Target>[];
  readonly #rest: CandidateList<Target>;

  constructor(groups: readonly HeaderGroup<Target>[], rest: CandidateList<Target>) {
    this.#groups = groups;
    this.#rest = rest;
  }

  first(request: RequestView, target: Target, limit: number): number {
    let best = limit;
    for (const { name, values } of this.#groups) {
      const value = request.header(name);
      const list = value === undefined ? undefined : values.get(value);
      if (list !== undefined) best = list.first(request, target, best);
    }
    return this.#rest.first(request, target, best);
  }
}

function headerCandidates<Target>(placed: readonly Placed<Candidate<Target>>[]): CandidateList<Target> {
  const byName = group(placed, ({ match }) => firstExactHeader(match)?.name);
  const groups: HeaderGroup<Target>[] = [];
  for (const [name, own] of byName) {
    if (name === undefined) continue;
    const values = new Map<string, CandidateList<Target>>();
    for (const [value, list] of group(own, ({ match }) => firstExactHeader(match)?.value ?? ''))
      values.set(value, new LinearCandidates(list));
    groups.push({ name, values });
  }
  return new HeaderCandidates(groups, new LinearCandidates(byName.get(undefined) ?? []));
}

function firstExactHeader(match: Candidate<never>): HeaderMatch | undefined {
  return match.source.headers.find(header => header.kind === 'exact');
}
