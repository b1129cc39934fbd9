// SPDX-License-Identifier: Apache-2.0

import { setImmediate as turn } from 'node:timers/promises';
import type { Finding } from '../../errors/index.ts';
import type { DataPlane } from '../../proxy/index.ts';
import type {
  GRPCRoute,
  GRPCRouteRule,
  HTTPRoute,
  HTTPRouteRule,
  Metadata,
  ResourceSet,
} from '../../resources/index.ts';
import type { Snapshot } from '../../snapshot/index.ts';
import type { Store } from '../../store/index.ts';
import { replaceValues } from '../../values/index.ts';
import type { PortPlan } from '../ports/port-plan.ts';
import { viewFindings } from '../shown/view-findings.ts';
import type { Translator } from './translator.ts';

/** With fewer routes a first change is quick enough, and code that is compiled for it would cost memory. */
const MANY_ROUTES = 1_000;
/**
 * By then V8 has compiled what goes round by the thousand, and the first change takes the main thread no longer than later ones. A round is some 10 ms
 * where a start with as many routes takes two seconds.
 */
const ROUNDS = 10;
const NO_FAULTS: ReadonlyMap<string, Finding> = new Map();

export interface RehearsalParts {
  readonly store: Pick<Store, 'rehearse'>;
  readonly translator: Pick<Translator, 'rehearse'>;
  readonly ports: Pick<PortPlan, 'place'>;
  readonly plane: Pick<DataPlane, 'prepare'>;
}

/**
 * Goes through a change of one route, from the file to the workers, and back, and through what is said of it. After a start with many
 * routes the way of a change has never been gone: interpreted, it takes several times as long as it does from the third change on, and
 * what V8 compiles meanwhile takes the processor from those who wait for it.
 */
export class Rehearsal {
  readonly #parts: RehearsalParts;
  readonly #resources: ResourceSet;

  /** `resources`: those that were translated last. */
  constructor(parts: RehearsalParts, resources: ResourceSet) {
    this.#parts = parts;
    this.#resources = resources;
  }

  /**
   * All rounds, while the workers prepare `snapshot`, which was made of the resources and is prepared again after each. Resolves when they
   * have done all of it; rejects when they cannot.
   */
  async run(snapshot: Snapshot, prepared: Promise<void>): Promise<void> {
    const { httpRoutes, grpcRoutes } = this.#resources;
    let rounds = Math.max(httpRoutes.size, grpcRoutes.size) < MANY_ROUTES ? 0 : ROUNDS;
    let all: Promise<unknown> = prepared;
    const end = (): void => {
      rounds = 0;
    };
    prepared.catch(end);
    for (let round = 0; round < rounds; round++) {
      const sent = await roundOf(() => this.#goThereAndBack(snapshot));
      if (sent === undefined) break;
      all = Promise.all([all, ...sent]);
      all.catch(end);
      await turn();
    }
    await all;
  }

  async #goThereAndBack(snapshot: Snapshot): Promise<Promise<void>[]> {
    const { store, translator, ports, plane } = this.#parts;
    store.rehearse();
    const next = translator.rehearse(withOtherWeights(this.#resources));
    if (next === undefined) return [];
    const there = plane.prepare(await ports.place(next.snapshot));
    viewFindings([], next, NO_FAULTS);
    return [there, plane.prepare(snapshot)];
  }
}

/** undefined: it broke. A fault about a change that nobody made must not keep the first snapshot from being served; who makes it is told. */
async function roundOf<T>(go: () => Promise<T>): Promise<T | undefined> {
  try {
    return await go();
  } catch {
    return undefined;
  }
}

/** The resources with other weights in the last route of the kind that has the most. */
function withOtherWeights(resources: ResourceSet): ResourceSet {
  const { httpRoutes, grpcRoutes } = resources;
  return httpRoutes.size > grpcRoutes.size
    ? { ...resources, httpRoutes: withLast(httpRoutes, heavierHttpRoute) }
    : { ...resources, grpcRoutes: withLast(grpcRoutes, heavierGrpcRoute) };
}

// Routes are copied as a store copies them: code that V8 compiled for objects of another make would not do for theirs.

function heavierHttpRoute(route: HTTPRoute): HTTPRoute {
  const { metadata, spec } = route;
  return { ...route, metadata: nextGeneration(metadata), spec: { ...spec, rules: spec.rules.map(heavierRule) } };
}

function heavierGrpcRoute(route: GRPCRoute): GRPCRoute {
  const { metadata, spec } = route;
  const rules = (spec.rules ?? []).map(heavierRule);
  return { ...route, metadata: nextGeneration(metadata), spec: { ...spec, rules } };
}

function withLast<Item>(items: ReadonlyMap<string, Item>, change: (item: Item) => Item): ReadonlyMap<string, Item> {
  const last = [...items].at(-1);
  return last === undefined ? items : replaceValues(items, new Map([[last[0], change(last[1])]]));
}

/** A store counts each change of what a user wrote. */
function nextGeneration(metadata: Metadata): Metadata {
  return { ...metadata, generation: metadata.generation + 1 };
}

function heavierRule<Rule extends GRPCRouteRule | HTTPRouteRule>(rule: Rule): Rule {
  const { backendRefs = [] } = rule;
  return { ...rule, backendRefs: backendRefs.map(ref => ({ ...ref, weight: ref.weight + 1 })) };
}
