// SPDX-License-Identifier: Apache-2.0

import type { DebugLog, RateLimitedLog } from '../log/index.ts';
import type { WorkerMetrics } from '../metrics/index.ts';
import type { ClusterObserver, ClusterPool } from './cluster-pool.ts';
import type { ConnectFailure } from './connect-failure.ts';
import type { ReachChange } from './reach-change.ts';
import { RETRY_REASONS, type RetryReason } from './retry-reason.ts';
import { HANDSHAKE_RESULTS, type HandshakeResult } from './tls-client.ts';
import type { UpstreamEndpoint } from './upstream-request.ts';

/** Where the clusters of one worker tell what happens in them. */
export interface UpstreamReports {
  readonly metrics: WorkerMetrics;
  readonly log: RateLimitedLog;
  readonly debug: DebugLog;
  /** Called once per change of an endpoint, as this worker sees it. */
  readonly reach: (change: ReachChange) => void;
}

/** Where the numbers of one cluster are that change with its requests. */
interface ClusterSlots {
  readonly connections: number;
  readonly pending: number;
  /** null: nobody waited. */
  wait: number | null;
}

/**
 * Counts and logs what happens in the clusters of one worker. Slots are bound when a cluster is first used, and given back when it is gone: what
 * a request of old rules still makes happen is nowhere counted then.
 */
export class UpstreamMetrics implements ClusterObserver {
  readonly #reports: UpstreamReports;
  readonly #unreachable = new WeakSet<UpstreamEndpoint>();
  readonly #gone = new WeakSet<ClusterPool>();
  readonly #slots = new WeakMap<ClusterPool, ClusterSlots>();

  constructor(reports: UpstreamReports) {
    this.#reports = reports;
  }

  onConnectFailed(pool: ClusterPool, endpoint: UpstreamEndpoint, { message }: ConnectFailure): void {
    if (this.#gone.has(pool)) return;
    const { metrics, debug } = this.#reports;
    metrics.count('daemun_upstream_connect_failures_total', { cluster: pool.id });
    const fields = { cluster: pool.id, endpoint: endpoint.key, name: endpoint.name, reason: message };
    if (debug.isOn) debug.say('connect failed', fields);
    if (this.#unreachable.has(endpoint)) return;
    this.#unreachable.add(endpoint);
    this.#reports.reach({ kind: 'unreachable', ...fields });
  }

  onConnected(pool: ClusterPool, endpoint: UpstreamEndpoint): void {
    const { debug } = this.#reports;
    const fields = { cluster: pool.id, endpoint: endpoint.key, name: endpoint.name };
    if (debug.isOn) debug.say('endpoint connected', fields);
  }

  /** Only now it can be reached again: one that accepts and then breaks off would be said to come and go with each try. */
  onProven(pool: ClusterPool, endpoint: UpstreamEndpoint): void {
    if (!this.#unreachable.delete(endpoint)) return;
    this.#reports.reach({ kind: 'reachable', cluster: pool.id, endpoint: endpoint.key, name: endpoint.name });
  }

  onHandshake(cluster: string, result: HandshakeResult): void {
    this.#reports.metrics.count('daemun_upstream_tls_handshakes_total', { cluster, result });
  }

  onRetired(pool: ClusterPool, endpoint: UpstreamEndpoint): void {
    if (!this.#unreachable.delete(endpoint)) return;
    this.#reports.reach({ kind: 'removed', cluster: pool.id, endpoint: endpoint.key, name: endpoint.name });
  }

  onEjected(pool: ClusterPool, endpoint: UpstreamEndpoint): void {
    if (this.#gone.has(pool)) return;
    const { metrics, log } = this.#reports;
    metrics.count('daemun_upstream_ejections_total', { cluster: pool.id });
    const fields = { cluster: pool.id, endpoint: endpoint.key, name: endpoint.name };
    log.warn(`eject ${pool.id}`, 'endpoint ejected after failures in a row', fields);
  }

  onChanged(pool: ClusterPool): void {
    if (this.#gone.has(pool)) return;
    const { values } = this.#reports.metrics;
    const { connections, pending } = this.#slotsOf(pool);
    values[connections] = pool.openConnections();
    values[pending] = pool.pending;
  }

  onWaited(pool: ClusterPool, waitedMs: number): void {
    if (this.#gone.has(pool)) return;
    const { metrics } = this.#reports;
    const slots = this.#slotsOf(pool);
    slots.wait ??= metrics.histogram('daemun_upstream_wait_seconds', { cluster: pool.id });
    metrics.observe(slots.wait, waitedMs / 1_000);
  }

  onRetried(pool: ClusterPool, reason: RetryReason): void {
    if (this.#gone.has(pool)) return;
    this.#reports.metrics.count('daemun_upstream_retries_total', { cluster: pool.id, reason });
  }

  #slotsOf(pool: ClusterPool): ClusterSlots {
    let slots = this.#slots.get(pool);
    if (slots === undefined) {
      const { metrics } = this.#reports;
      const labels = { cluster: pool.id };
      const connections = metrics.slot('daemun_upstream_connections', labels);
      slots = { connections, pending: metrics.slot('daemun_upstream_requests_pending', labels), wait: null };
      this.#slots.set(pool, slots);
    }
    return slots;
  }

  onGone(pool: ClusterPool): void {
    this.#gone.add(pool);
    const { metrics } = this.#reports;
    metrics.releaseAbout('cluster', pool.id);
    for (const reason of RETRY_REASONS) metrics.release('daemun_upstream_retries_total', { cluster: pool.id, reason });
    for (const result of HANDSHAKE_RESULTS)
      metrics.release('daemun_upstream_tls_handshakes_total', { cluster: pool.id, result });
    for (const endpoint of pool.endpoints()) this.onRetired(pool, endpoint);
  }
}
