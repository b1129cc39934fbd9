// SPDX-License-Identifier: Apache-2.0

import type { Clock } from '../../time/index.ts';
import type { RateLimitedLog } from '../log/index.ts';
import type { WorkerMetrics } from '../metrics/index.ts';
import type { ConnectionEnvironment } from './connection-environment.ts';

/** Of one worker to one endpoint, where each takes one request at a time: as many as Tomcat takes, and a third of the ports that there are to dial from. */
const MAX_PER_ENDPOINT = 8_192;
/** However many requests want one endpoint, so much of what the worker may have is left to others. */
const ENDPOINT_PART = 1 / 2;
/** After a dial was put off, idle connections are no luxury that can be afforded. Two sweeps: one closes, the next one dials. */
const SHORT_MS = 2_500;

/** What the pools of a worker share. */
export interface PoolEnvironment extends ConnectionEnvironment {
  readonly budget: EndpointBudget;
}

/**
 * How many connections to endpoints a worker has open, so that dials never take the descriptors of clients, files and the admin
 * server. What carries the stream of one client alone counts among the connections of clients.
 *
 * At the cap no connection is begun: requests wait, connections that are idle for a second are closed, and each lane tries again
 * about once a second.
 */
export class EndpointBudget {
  readonly #max: number;
  readonly #parts: { readonly clock: Clock; readonly metrics: WorkerMetrics; readonly log: RateLimitedLog };
  #open = 0;
  #shortUntilMs = Number.NEGATIVE_INFINITY;

  constructor(
    max: number,
    parts: { readonly clock: Clock; readonly metrics: WorkerMetrics; readonly log: RateLimitedLog },
  ) {
    this.#max = max;
    this.#parts = parts;
  }

  /** Connections to one endpoint that take one request each. */
  get perEndpoint(): number {
    return Math.min(MAX_PER_ENDPOINT, Math.ceil(this.#max * ENDPOINT_PART));
  }

  /** A connection was put off lately. */
  get isShort(): boolean {
    return this.#parts.clock.nowMs() < this.#shortUntilMs;
  }

  /** One more is begun. False: there is no room. */
  take(): boolean {
    if (this.#open < this.#max) {
      this.#open += 1;
      return true;
    }
    const { clock, log } = this.#parts;
    this.#shortUntilMs = clock.nowMs() + SHORT_MS;
    this.#hit('endpoint_descriptors');
    log.warn(
      'endpoint-descriptors',
      'requests wait: the worker has as many connections to endpoints as descriptors allow',
      {
        connections: this.#open,
        max: this.#max,
      },
    );
    return false;
  }

  /** One is closed, or carries the stream of one client alone from now on. */
  release(): void {
    this.#open -= 1;
  }

  /** A request waits because its endpoint, or its client at the endpoint, has all the connections that it may have. */
  waits(endpoint: string): void {
    this.#hit('endpoint_connections');
    const fields = { endpoint, max: this.perEndpoint };
    this.#parts.log.warn(
      'endpoint-connections',
      'requests wait: an endpoint has as many connections as it may',
      fields,
    );
  }

  #hit(limit: string): void {
    this.#parts.metrics.count('daemun_limit_hits_total', { limit });
  }
}
