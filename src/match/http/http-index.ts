// SPDX-License-Identifier: Apache-2.0

/**
 * Finds, in the ordered entries of one virtual host, those that can take an HTTP request: exact paths by hash, prefixes element by
 * element, so that the cost of a request does not grow with the number of routes; of the patterns those are tried, one by one,
 * whose beginning is a folder of the path.
 *
 * Per request: one object for the target; a hash look-up for the path and one for each of its elements, no deeper than prefixes go.
 */
import { type CandidateList, candidateList, EMPTY_CANDIDATES, group, type Placed } from '../candidate-list.ts';
import type { EntryIndex } from '../entry-index.ts';
import type { RequestView } from '../request-view.ts';
import type { CompiledHttpMatch } from './compiled-http-match.ts';
import { type HttpTarget, splitTarget } from './http-target.ts';
import { literalFolder } from './literal-folder.ts';
import { PathTree } from './path-tree.ts';

export class HttpIndex implements EntryIndex {
  readonly #exact: ReadonlyMap<string, CandidateList<HttpTarget>>;
  readonly #prefixes: PathTree;
  readonly #patterns: PathTree;

  /** `placed`: in ascending order of places. */
  constructor(placed: readonly Placed<CompiledHttpMatch>[]) {
    const kinds = group(placed, ({ match }) => match.source.path.kind);
    const exact = group(kinds.get('exact') ?? [], ({ match }) => match.source.path.value);
    this.#exact = new Map([...exact].map(([path, own]) => [path, candidateList(own)]));
    this.#prefixes = new PathTree(kinds.get('prefix'));
    this.#patterns = new PathTree(kinds.get('regex'), ({ source }) => literalFolder(source.path.value));
  }

  first(request: RequestView, limit: number): number {
    const target = splitTarget(request.method, request.path);
    if (target === undefined) return limit;
    const exact = this.#exact.get(target.path) ?? EMPTY_CANDIDATES;
    const best = this.#prefixes.first(request, target, exact.first(request, target, limit));
    return this.#patterns.first(request, target, best);
  }
}
