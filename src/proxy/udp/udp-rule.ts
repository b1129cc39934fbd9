// SPDX-License-Identifier: Apache-2.0

import type { Fault, StreamRule } from '../../snapshot/index.ts';
import type { Random } from '../../time/index.ts';
import { WeightedChoice } from '../filters/index.ts';
import type { ClusterPool } from '../upstream/index.ts';

/** The backends of a binding's rule, ready to be chosen from. */
export class UdpRule {
  readonly rule: StreamRule;
  /** Sessions go to these, by weight. */
  readonly #clusters: readonly ClusterPool[];
  readonly #clusterChoice: WeightedChoice;
  /** Of all backends in turn: null where it is a cluster. */
  readonly #faults: readonly (Fault | null)[];
  readonly #faultChoice: WeightedChoice;
  readonly #hasFaults: boolean;

  constructor(rule: StreamRule, clusterOf: (id: string) => ClusterPool | undefined) {
    const backends = rule.fault === null ? rule.backends : [];
    const targets = backends.map(({ weight, target }) => {
      const cluster = target.kind === 'cluster' ? clusterOf(target.cluster) : undefined;
      return { weight, cluster, fault: target.kind === 'fault' ? target.fault : null };
    });
    const served = targets.flatMap(({ cluster, weight }) => (cluster === undefined ? [] : [{ cluster, weight }]));
    this.rule = rule;
    this.#clusters = served.map(({ cluster }) => cluster);
    this.#clusterChoice = new WeightedChoice(served.map(({ weight }) => weight));
    this.#faults = targets.map(({ fault }) => fault);
    this.#faultChoice = new WeightedChoice(targets.map(({ weight }) => weight));
    this.#hasFaults = this.#faults.some(fault => fault !== null);
  }

  /** Why a datagram is dropped; null: it passes. Of each datagram a share is dropped, whoever sends it (UDPRouteRule.backendRefs). */
  faultOf(random: Random): Fault | null {
    if (!this.#hasFaults) return this.rule.fault;
    return this.#faults[this.#faultChoice.pick(random)] ?? null;
  }

  /** Who gets the datagrams of a new client; undefined: there is nobody. */
  clusterFor(random: Random): ClusterPool | undefined {
    return this.#clusters[this.#clusterChoice.pick(random)];
  }

  has(cluster: ClusterPool): boolean {
    return this.#clusters.includes(cluster);
  }
}
