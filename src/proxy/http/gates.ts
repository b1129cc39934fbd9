// SPDX-License-Identifier: Apache-2.0

import type { ListenerFilter, RequestListener } from '../../snapshot/index.ts';
import { authStep, type FilterStep } from '../filters/index.ts';
import type { ClusterPool } from '../upstream/index.ts';
import { faulted } from './answers.ts';
import type { Serving } from './serving.ts';

/** Nothing stands before the rules. */
export const NO_GATE: readonly FilterStep[] = [];

/** What the filters of one listener were compiled to. */
interface Gate {
  readonly steps: readonly FilterStep[];
  /** Whom they ask: the gate is stale when one of these is. */
  readonly clusters: readonly ClusterPool[];
}

/** The filters of listeners, ready to be executed; those of an unchanged listener whose clusters are the same are compiled once. One per worker. */
export class Gates {
  readonly #serving: Serving;
  readonly #compiled = new WeakMap<RequestListener, Gate>();

  constructor(serving: Serving) {
    this.#serving = serving;
  }

  /** What each request of a listener passes before a rule is asked (ListenerFilters.requests), in the order written. */
  stepsOf(listener: RequestListener): readonly FilterStep[] {
    if (listener.filters.length === 0) return NO_GATE;
    const { upstreams } = this.#serving;
    const known = this.#compiled.get(listener);
    if (known?.clusters.every(cluster => upstreams.cluster(cluster.id) === cluster) === true) return known.steps;
    const clusters: ClusterPool[] = [];
    const steps = listener.filters.map(filter => this.#stepOf(filter, clusters));
    this.#compiled.set(listener, { steps, clusters });
    return steps;
  }

  #stepOf(filter: ListenerFilter, clusters: ClusterPool[]): FilterStep {
    switch (filter.kind) {
      case 'external-auth':
        return authStep(filter.auth, this.#serving, clusters);
      case 'fault': {
        const answer = faulted(filter.fault);
        return { onRequestHead: () => ({ kind: 'answer', answer }) };
      }
    }
  }
}
