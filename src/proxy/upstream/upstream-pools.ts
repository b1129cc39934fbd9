// SPDX-License-Identifier: Apache-2.0

import type { Cluster, EndpointSet, Snapshot } from '../../snapshot/index.ts';
import type { Timer } from '../../time/index.ts';
import { type ClusterObserver, type ClusterOwner, ClusterPool } from './cluster-pool.ts';
import type { PoolEnvironment } from './endpoint-budget.ts';
import { TlsClients } from './tls-clients.ts';
import type { Health } from './usable-endpoints.ts';

/** Idle, dead and drained connections are looked for this often. */
const SWEEP_MS = 1_000;

/** What of a snapshot endpoints are reached by. */
export type UpstreamSnapshot = Pick<Snapshot, 'clusters' | 'endpoints' | 'certificates' | 'trustBundles'>;

interface Entry {
  readonly pool: ClusterPool;
  cluster: Cluster;
  endpoints: EndpointSet | undefined;
}

/** The clusters of one worker. Owns their connections and the sweep's timer. */
export class UpstreamPools implements ClusterOwner {
  readonly observer: ClusterObserver;
  readonly #environment: PoolEnvironment;
  readonly #entries = new Map<string, Entry>();
  #snapshot: Pick<Snapshot, 'clusters' | 'endpoints'> = { clusters: [], endpoints: [] };
  readonly #tls: TlsClients;
  /**
   * Clusters that left the snapshot. A request keeps the snapshot it began with, so a pool serves what waits and what
   * old rules still open; it is closed when it is idle.
   */
  readonly #leaving = new Map<string, ClusterPool>();
  /** null: nothing has a connection, or was used lately. */
  #sweep: Timer | null = null;
  #isClosed = false;

  constructor(environment: PoolEnvironment, observer: ClusterObserver) {
    this.#environment = environment;
    this.observer = observer;
    this.#tls = new TlsClients((cluster, result) => {
      if (this.#entries.has(cluster) || this.#leaving.has(cluster)) observer.onHandshake(cluster, result);
    });
  }

  /**
   * Looked up when a rule is compiled, not per request: the object lives as long as the cluster's id is in the snapshot,
   * and stays usable (it answers `no_endpoint`) for requests that began before it left.
   */
  cluster(id: string): ClusterPool | undefined {
    return this.#entries.get(id)?.pool;
  }

  /** Every cluster of the snapshot. */
  clusters(): ClusterPool[] {
    return Array.from(this.#entries.values(), entry => entry.pool);
  }

  /** Takes the clusters and endpoints of `snapshot` (both in order). Only those whose objects changed cost anything. */
  apply(snapshot: UpstreamSnapshot): void {
    const { clusters, endpoints } = snapshot;
    const before = this.#snapshot;
    // What breaks off midway is looked through as a whole next time.
    this.#snapshot = { clusters: [], endpoints: [] };
    this.#applyChanged(snapshot, before);
    this.#snapshot = { clusters, endpoints };
  }

  #applyChanged(snapshot: UpstreamSnapshot, before: Pick<Snapshot, 'clusters' | 'endpoints'>): void {
    const { clusters, endpoints } = snapshot;
    if (clusters === before.clusters && this.#applyEndpoints(before.endpoints, endpoints)) return;
    if (clusters !== before.clusters) {
      this.#tls.update(snapshot);
      this.#dropMissing(clusters);
    }
    let at = 0;
    for (const cluster of clusters) {
      let set = endpoints[at];
      while (set !== undefined && set.cluster < cluster.id) {
        at += 1;
        set = endpoints[at];
      }
      this.#applyCluster(cluster, set?.cluster === cluster.id ? set : undefined);
    }
  }

  /** Health check results of one cluster, by endpoint key. */
  setHealth(cluster: string, health: ReadonlyMap<string, Health>): void {
    this.#entries.get(cluster)?.pool.setHealth(health);
  }

  onChanged(pool: ClusterPool): void {
    this.#keepSweeping();
    this.observer.onChanged(pool);
  }

  /** Ends everything at once. */
  close(): void {
    this.#isClosed = true;
    this.#sweep?.cancel();
    for (const pool of [...this.clusters(), ...this.#leaving.values()]) pool.destroy();
  }

  /** The common case: some sets changed and nothing else. False when sets came or went. */
  #applyEndpoints(before: readonly EndpointSet[], after: readonly EndpointSet[]): boolean {
    if (before.length !== after.length) return false;
    for (let at = 0; at < after.length; at += 1) {
      const set = after[at];
      if (set === before[at] || set === undefined) continue;
      if (set.cluster !== before[at]?.cluster) return false;
      const entry = this.#entries.get(set.cluster);
      if (entry !== undefined) this.#applyCluster(entry.cluster, set);
    }
    return true;
  }

  #dropMissing(clusters: readonly Cluster[]): void {
    const kept = new Set(clusters.map(cluster => cluster.id));
    for (const [id, { pool }] of this.#entries) {
      if (kept.has(id)) continue;
      this.#entries.delete(id);
      this.#leaving.set(id, pool);
      this.#keepSweeping();
    }
  }

  #applyCluster(cluster: Cluster, endpoints: EndpointSet | undefined): void {
    const entry = this.#entries.get(cluster.id);
    if (entry === undefined) {
      const pool = this.#leaving.get(cluster.id) ?? new ClusterPool(cluster, this.#environment, this);
      this.#leaving.delete(cluster.id);
      pool.update(cluster, endpoints, this.#tls.clientOf(cluster, pool.tls));
      this.#entries.set(cluster.id, { pool, cluster, endpoints });
      return;
    }
    if (entry.cluster === cluster && entry.endpoints === endpoints) return;
    entry.pool.update(cluster, endpoints, this.#tls.clientOf(cluster, entry.pool.tls));
    entry.cluster = cluster;
    entry.endpoints = endpoints;
  }

  /** An idle worker is not woken: the sweep goes on only while there is something to look at. */
  #keepSweeping(): void {
    if (this.#isClosed) return;
    this.#sweep ??= this.#environment.clock.after(SWEEP_MS, () => {
      this.#sweep = null;
      const nowMs = this.#environment.clock.nowMs();
      for (const { pool } of this.#entries.values()) pool.sweep(nowMs);
      for (const pool of this.#leaving.values()) this.#sweepLeaving(pool, nowMs);
      const needed = this.#leaving.size > 0 || this.clusters().some(pool => pool.needsSweep);
      if (needed) this.#keepSweeping();
    });
  }

  #sweepLeaving(pool: ClusterPool, nowMs: number): void {
    pool.sweep(nowMs);
    if (!pool.isIdle) return;
    this.#leaving.delete(pool.id);
    pool.destroy();
    this.observer.onGone(pool);
  }
}
