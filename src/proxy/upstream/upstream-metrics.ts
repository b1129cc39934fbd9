// SPDX-License-Identifier: Apache-2.0

import type { WorkerMetrics } from '../metrics/index.ts';
import type { RateLimitedLog } from '../rate-limited-log.ts';
import type { ClusterObserver, ClusterPool } from './cluster-pool.ts';
import type { ConnectFailure } from './upstream-connection.ts';
import type { UpstreamEndpoint } from './upstream-endpoint.ts';

/** Counts and logs what happens in the clusters of one worker. Slots are bound when a cluster is first used. */
export class UpstreamMetrics implements ClusterObserver {
  readonly #metrics: WorkerMetrics;
  readonly #log: RateLimitedLog;

  constructor(metrics: WorkerMetrics, log: RateLimitedLog) {
    this.#metrics = metrics;
    this.#log = log;
  }

  onConnectFailed(pool: ClusterPool, endpoint: UpstreamEndpoint, failure: ConnectFailure): void {
    this.#metrics.count('daemun_upstream_connect_failures_total', { cluster: pool.id });
    const fields = { cluster: pool.id, endpoint: endpoint.key, name: endpoint.name, reason: failure.message };
    this.#log.warn(`connect ${pool.id}`, 'endpoint cannot be reached', fields);
  }

  onEjected(pool: ClusterPool, endpoint: UpstreamEndpoint): void {
    this.#metrics.count('daemun_upstream_ejections_total', { cluster: pool.id });
    const fields = { cluster: pool.id, endpoint: endpoint.key, name: endpoint.name };
    this.#log.warn(`eject ${pool.id}`, 'endpoint ejected after failures in a row', fields);
  }

  onChanged(pool: ClusterPool): void {
    const { values } = this.#metrics;
    const labels = { cluster: pool.id };
    values[this.#metrics.slot('daemun_upstream_connections', labels)] = pool.openConnections();
    values[this.#metrics.slot('daemun_upstream_requests_pending', labels)] = pool.pending;
  }
}
