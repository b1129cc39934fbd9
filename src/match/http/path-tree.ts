// SPDX-License-Identifier: Apache-2.0

import { type CandidateList, candidateList, EMPTY_CANDIDATES, group, type Placed } from '../candidate-list.ts';
import type { RequestView } from '../request-view.ts';
import type { CompiledHttpMatch } from './compiled-http-match.ts';
import type { HttpTarget } from './http-target.ts';

/**
 * Prefixes by element: `/a/b` is found under `a`, then `b`. A request walks as far down as prefixes are written, whatever the
 * length of its path; deeper lists are asked first, since longer prefixes stand before shorter ones.
 */
export class PathTree {
  /** null: no prefix goes further, as with most of thousands. */
  #children: Map<string, PathTree> | null = null;
  #list: CandidateList<HttpTarget> = EMPTY_CANDIDATES;

  /** `placed`: matches in ascending order of places. `prefixOf`: the prefix without which a match takes no path. */
  constructor(
    placed: readonly Placed<CompiledHttpMatch>[] = [],
    prefixOf: (match: CompiledHttpMatch) => string = ({ source }) => source.path.value,
  ) {
    for (const [prefix, own] of group(placed, ({ match }) => prefixOf(match)))
      this.#nodeOf(prefix).#list = candidateList(own);
  }

  /** The first place below `limit` whose entry takes the request; `limit` when there is none. */
  first(request: RequestView, target: HttpTarget, limit: number): number {
    return this.#firstFrom(1, { request, target }, limit);
  }

  /** `at`: where the next element of the path begins. */
  #firstFrom(at: number, asked: Asked, limit: number): number {
    const { request, target } = asked;
    let best = limit;
    if (this.#children !== null && at <= target.path.length) {
      const slash = target.path.indexOf('/', at);
      const end = slash < 0 ? target.path.length : slash;
      const child = this.#children.get(target.path.slice(at, end));
      if (child !== undefined) best = child.#firstFrom(end + 1, asked, limit);
    }
    return this.#list.first(request, target, best);
  }

  /** The node of a prefix (`/` or `/a/b`), made when it is not there. */
  #nodeOf(prefix: string): PathTree {
    let node: PathTree = this;
    for (const element of prefix === '/' ? [] : prefix.slice(1).split('/')) {
      node = node.#childOf(element);
    }
    return node;
  }

  #childOf(element: string): PathTree {
    this.#children ??= new Map();
    let child = this.#children.get(element);
    if (child === undefined) {
      child = new PathTree();
      this.#children.set(element, child);
    }
    return child;
  }
}

interface Asked {
  readonly request: RequestView;
  readonly target: HttpTarget;
}
