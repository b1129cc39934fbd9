// SPDX-License-Identifier: Apache-2.0

/**
 * Finds, in the ordered entries of one virtual host, those that can take a gRPC path: by hash for exact methods, so that the
 * cost of a request does not grow with the number of routes; entries with patterns are tried one by one.
 *
 * Per request: at most three hash look-ups; then a walk over at most five ascending lists of places,
 * each no further than the best place so far. Guarded by the case `1 vs 10,000 routes` of `npm run bench`.
 */
import { interned } from '../../values/index.ts';
import { type CandidateList, candidateList, EMPTY_CANDIDATES, group, type Placed } from '../candidate-list.ts';
import type { EntryIndex } from '../entry-index.ts';
import type { RequestView } from '../request-view.ts';
import type { CompiledGrpcMatch } from './compiled-grpc-match.ts';
import type { GrpcPath } from './grpc-path.ts';

type Lists = ReadonlyMap<string, CandidateList<GrpcPath>>;

export class GrpcIndex implements EntryIndex {
  readonly #paths: Lists;
  readonly #services: Lists;
  readonly #methods: Lists;
  readonly #patterns: CandidateList<GrpcPath>;
  readonly #any: CandidateList<GrpcPath>;

  /** `placed`: in ascending order of places. */
  constructor(placed: readonly Placed<CompiledGrpcMatch>[]) {
    const kinds = group(placed, ({ match }) => placeOf(match));
    const lists = (kind: PlaceKind): Lists =>
      new Map(
        [...group(kinds.get(kind) ?? [], ({ match }) => keyOf(match))].map(([key, own]) => [key, candidateList(own)]),
      );
    this.#paths = lists('path');
    this.#services = lists('service');
    this.#methods = lists('method');
    this.#patterns = candidateList(kinds.get('pattern') ?? []);
    this.#any = candidateList(kinds.get('any') ?? []);
  }

  first(request: RequestView, limit: number): number {
    const { called } = request;
    return called === null ? limit : this.#firstNamed(request, called, limit);
  }

  /** Each list is walked only as far as the best place so far; the lists that tend to win come first. */
  #firstNamed(request: RequestView, path: GrpcPath, limit: number): number {
    let best = limit;
    if (this.#paths.size > 0) best = listOf(this.#paths, request.path).first(request, path, best);
    if (this.#services.size > 0) best = listOf(this.#services, path.service).first(request, path, best);
    if (this.#methods.size > 0) best = listOf(this.#methods, path.method).first(request, path, best);
    best = this.#patterns.first(request, path, best);
    return this.#any.first(request, path, best);
  }
}

function listOf(lists: Lists, key: string): CandidateList<GrpcPath> {
  return lists.get(key) ?? EMPTY_CANDIDATES;
}

type PlaceKind = 'path' | 'service' | 'method' | 'pattern' | 'any';

function placeOf({ source: { method } }: CompiledGrpcMatch): PlaceKind {
  if (method === null || (method.service === null && method.method === null)) return 'any';
  if (method.kind === 'regex') return 'pattern';
  if (method.service === null) return 'method';
  return method.method === null ? 'service' : 'path';
}

function keyOf({ source: { method } }: CompiledGrpcMatch): string {
  const service = method?.service ?? null;
  const name = method?.method ?? null;
  return service !== null && name !== null ? interned(`/${service}/${name}`) : (service ?? name ?? '');
}
