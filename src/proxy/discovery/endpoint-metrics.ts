// SPDX-License-Identifier: Apache-2.0

import { type Endpoint, type EndpointSet, endpointStates, endpointsOf, type Snapshot } from '../../snapshot/index.ts';
import type { Clock } from '../../time/index.ts';
import type { MetricSample, WorkerMetrics } from '../metrics/index.ts';
import { endpointKey, HANDSHAKE_RESULTS, type HandshakeResult, type Health } from '../upstream/index.ts';

const STATES = ['ready', 'draining', 'unhealthy', 'unchecked'] as const;
type State = (typeof STATES)[number];
/** Those of endpoints that nobody checks. */
const UNCHECKED_STATES: readonly State[] = ['ready', 'draining'];

/** How many endpoints of a cluster take calls. */
export interface ClusterReadiness {
  readonly ready: number;
  readonly all: number;
  /** Since when none is ready, of the wall clock; null: some are. */
  readonly noneSinceMs: number | null;
}

interface ClusterCounts extends ClusterReadiness, Readonly<Record<State, number>> {
  /** It was at some time: its samples go on, at 0. */
  readonly isChecked: boolean;
}

/**
 * `daemun_upstream_endpoints{cluster,state}`, counted in the main thread, for all workers have the same endpoints. No counters of thousands of
 * clusters: samples are made when they are asked for. `unchecked`: a health check is configured and its first result is out. Costs what changed.
 * What checks count of a cluster goes with it, too.
 */
export class EndpointMetrics {
  readonly #metrics: WorkerMetrics;
  readonly #clock: Pick<Clock, 'wallMs'>;
  readonly #counts = new Map<string, ClusterCounts>();
  #published: readonly EndpointSet[] = [];
  #sets: Map<string, EndpointSet> = new Map();
  readonly #health = new Map<string, ReadonlyMap<string, Health>>();

  constructor(metrics: WorkerMetrics, clock: Pick<Clock, 'wallMs'>) {
    this.#metrics = metrics;
    this.#clock = clock;
  }

  /** By cluster. */
  get readiness(): ReadonlyMap<string, ClusterReadiness> {
    return this.#counts;
  }

  samples(): MetricSample[] {
    const samples: MetricSample[] = [];
    for (const [cluster, counts] of this.#counts) {
      const states = counts.isChecked ? STATES : UNCHECKED_STATES;
      for (const state of states) samples.push({ labels: { cluster, state }, value: counts[state] });
    }
    return samples;
  }

  update({ endpoints }: Pick<Snapshot, 'endpoints'>): void {
    const before = this.#published;
    this.#published = endpoints;
    if (endpoints === before) return;
    const changed = endpoints.filter((set, at) => set !== before[at]);
    const wereThere = changed.every(({ cluster }) => this.#sets.has(cluster));
    if (before.length !== endpoints.length || !wereThere) {
      this.#replace(endpoints);
      return;
    }
    for (const set of changed) {
      this.#sets.set(set.cluster, set);
      this.#show(set.cluster);
    }
  }

  /** Empty: the cluster is not checked. */
  setHealth(cluster: string, health: ReadonlyMap<string, Health>): void {
    if (health.size > 0) this.#health.set(cluster, health);
    else if (!this.#health.delete(cluster)) return;
    this.#show(cluster);
  }

  /** A verdict on one of its endpoints changed. */
  transition(cluster: string, to: Health): void {
    if (this.#sets.has(cluster)) this.#metrics.count('daemun_upstream_health_check_transitions_total', { cluster, to });
  }

  /** A TLS handshake of a check ended. */
  handshake(cluster: string, result: HandshakeResult): void {
    if (this.#sets.has(cluster)) this.#metrics.count('daemun_upstream_tls_handshakes_total', { cluster, result });
  }

  #replace(endpoints: readonly EndpointSet[]): void {
    const before = this.#sets;
    this.#sets = new Map(endpoints.map(set => [set.cluster, set]));
    for (const set of endpoints) if (before.get(set.cluster) !== set) this.#show(set.cluster);
    for (const cluster of before.keys()) if (!this.#sets.has(cluster)) this.#show(cluster);
  }

  #show(cluster: string): void {
    const set = this.#sets.get(cluster);
    if (set === undefined) {
      this.#forget(cluster);
      return;
    }
    const counts = this.#count(set);
    const all = STATES.reduce((sum, state) => sum + counts[state], 0);
    const before = this.#counts.get(cluster);
    const noneSinceMs = counts.ready > 0 ? null : (before?.noneSinceMs ?? this.#clock.wallMs());
    const isChecked = this.#health.has(cluster) || before?.isChecked === true;
    this.#counts.set(cluster, { ...counts, all, noneSinceMs, isChecked });
  }

  /** A cluster that is gone has no samples. */
  #forget(cluster: string): void {
    this.#counts.delete(cluster);
    for (const to of ['healthy', 'unhealthy']) {
      this.#metrics.release('daemun_upstream_health_check_transitions_total', { cluster, to });
    }
    for (const result of HANDSHAKE_RESULTS) {
      this.#metrics.release('daemun_upstream_tls_handshakes_total', { cluster, result });
    }
  }

  #count(set: EndpointSet): Readonly<Record<State, number>> {
    const health = this.#health.get(set.cluster);
    if (health === undefined) return { ...endpointStates(set), unhealthy: 0, unchecked: 0 };
    const counts: Record<State, number> = { ready: 0, draining: 0, unhealthy: 0, unchecked: 0 };
    for (const endpoint of endpointsOf(set)) counts[stateOf(endpoint, health.get(endpointKey(endpoint)))] += 1;
    return counts;
  }
}

function stateOf({ state }: Endpoint, health: Health | undefined): State {
  if (health === 'unhealthy') return 'unhealthy';
  return health === 'unknown' ? 'unchecked' : state;
}
