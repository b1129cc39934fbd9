// SPDX-License-Identifier: Apache-2.0

import { setImmediate as turn } from 'node:timers/promises';
import type { GRPCRoute, GRPCRouteRule, HTTPRoute, HTTPRouteRule, ResourceSet } from '../resources/index.ts';
import { diffSnapshots, type Snapshot } from '../snapshot/index.ts';
import type { Store } from '../store/index.ts';
import type { Translator } from './translator.ts';

/** With fewer routes a first change is quick enough, and code that is compiled for it would cost memory. */
const MANY_ROUTES = 1_000;
/** By then V8 has compiled what goes round by the thousand. */
const MAX_ROUNDS = 5;

export interface RehearsalParts {
  readonly store: Pick<Store, 'rehearse'>;
  readonly translator: Pick<Translator, 'rehearse'>;
}

/**
 * Goes through a change of one route, from the file to what the workers would be sent, and drops what it came to. After a
 * start with many routes the way of a change has never been gone: interpreted, it takes several times as long as it does
 * from the third change on. While the workers take the first snapshot in, this thread waits for them anyway.
 */
export class Rehearsal {
  readonly #parts: RehearsalParts;
  readonly #resources: ResourceSet;
  #isOver = false;

  /** `resources`: those that were translated last. */
  constructor(parts: RehearsalParts, resources: ResourceSet) {
    this.#parts = parts;
    this.#resources = resources;
  }

  /** Rounds until `end`, with room between them for what is waited for. `snapshot`: what was made of the resources. */
  async run(snapshot: Snapshot): Promise<void> {
    const { httpRoutes, grpcRoutes } = this.#resources;
    if (Math.max(httpRoutes.size, grpcRoutes.size) < MANY_ROUTES) return;
    for (let round = 0; round < MAX_ROUNDS && !this.#isOver; round++) {
      this.#parts.store.rehearse();
      const next = this.#parts.translator.rehearse(withOtherWeights(this.#resources));
      if (next !== undefined) diffSnapshots(snapshot, next);
      await turn();
    }
  }

  /** No round begins after this. */
  end(): void {
    this.#isOver = true;
  }
}

/** The resources with other weights in the last route of the kind that has the most. */
function withOtherWeights(resources: ResourceSet): ResourceSet {
  const { httpRoutes, grpcRoutes } = resources;
  if (httpRoutes.size > grpcRoutes.size) {
    const heavier = ({ spec, ...route }: HTTPRoute) => ({
      ...route,
      spec: { ...spec, rules: spec.rules.map(heavierRule) },
    });
    return { ...resources, httpRoutes: withLast(httpRoutes, heavier) };
  }
  const heavier = ({ spec, ...route }: GRPCRoute) => {
    return { ...route, spec: { ...spec, rules: (spec.rules ?? []).map(heavierRule) } };
  };
  return { ...resources, grpcRoutes: withLast(grpcRoutes, heavier) };
}

function withLast<Item>(items: ReadonlyMap<string, Item>, change: (item: Item) => Item): ReadonlyMap<string, Item> {
  const last = [...items].at(-1);
  return last === undefined ? items : new Map(items).set(last[0], change(last[1]));
}

function heavierRule<Rule extends GRPCRouteRule | HTTPRouteRule>(rule: Rule): Rule {
  const { backendRefs = [] } = rule;
  return { ...rule, backendRefs: backendRefs.map(ref => ({ ...ref, weight: ref.weight + 1 })) };
}
