// SPDX-License-Identifier: Apache-2.0

/**
 * Active health checks, in the main thread, once for all workers. Endpoints of clusters without a check are not looked at.
 *
 * An endpoint is `unknown` until its first result, which counts at once; then the thresholds decide. Checks of one
 * endpoint never overlap; they begin spread over the interval and each wait has jitter, so that a thousand endpoints are
 * not asked in one moment.
 */

import {
  type Cluster,
  type Endpoint,
  type EndpointSet,
  endpointsOf,
  type GrpcHealthCheck,
  sameContent,
} from '../../snapshot/index.ts';
import type { Clock, Random, Timer } from '../../time/index.ts';
import type { RateLimitedLog } from '../log/index.ts';
import { endpointKey, type Health } from '../upstream/index.ts';
import { ChangePace } from './change-pace.ts';

/** Spread of each wait around the interval. */
const JITTER = 0.1;

/** One probe's answer; `reason` is for people, '' when healthy. */
export interface ProbeResult {
  readonly healthy: boolean;
  readonly reason: string;
}

/** Asks one endpoint again and again. `check` calls back exactly once within its timeout, unless `close` comes first. */
export interface HealthProbe {
  check(done: (result: ProbeResult) => void): void;
  close(): void;
}

interface Options {
  readonly clock: Clock;
  readonly log: RateLimitedLog;
  readonly openProbe: (cluster: Cluster, check: GrpcHealthCheck, endpoint: Endpoint) => HealthProbe;
  /** `healthOf(cluster)` has a new answer: told at a pace. */
  readonly onChange: (cluster: string) => void;
  /** A verdict changed (the first one is no change). */
  readonly onTransition: (cluster: string, health: Health) => void;
  /** In [0, 1); for jitter. */
  readonly random: Random;
}

interface CheckedCluster {
  readonly cluster: Cluster;
  readonly endpoints: ReadonlyMap<string, CheckedEndpoint>;
}

export class HealthChecker {
  readonly #options: Options;
  #clusters: ReadonlyMap<string, CheckedCluster> = new Map();
  readonly #pace: ChangePace;

  constructor(options: Options) {
    this.#pace = new ChangePace(options.clock, cluster => options.onChange(cluster));
    this.#options = { ...options, onChange: cluster => this.#pace.changed(cluster) };
  }

  /** Follows these clusters and endpoints. What stays the same keeps its verdict and its rhythm. */
  update(clusters: readonly Cluster[], endpointsOf: (cluster: string) => EndpointSet | undefined): void {
    const before = this.#clusters;
    const after = new Map<string, CheckedCluster>();
    for (const cluster of clusters) {
      if (cluster.healthCheck === null) continue;
      after.set(
        cluster.id,
        this.#follow(cluster, cluster.healthCheck, endpointsOf(cluster.id), before.get(cluster.id)),
      );
    }
    this.#clusters = after;
    for (const [id, { endpoints }] of before) {
      const kept = after.get(id)?.endpoints;
      for (const [key, endpoint] of endpoints) if (kept?.get(key) !== endpoint) endpoint.close();
    }
  }

  /** Verdicts by endpoint key; empty for clusters that are not checked. */
  healthOf(cluster: string): ReadonlyMap<string, Health> {
    const endpoints = this.#clusters.get(cluster)?.endpoints ?? new Map<string, CheckedEndpoint>();
    return new Map(Array.from(endpoints, ([key, endpoint]) => [key, endpoint.health]));
  }

  /** Clusters that are checked. */
  get clusters(): readonly string[] {
    return [...this.#clusters.keys()];
  }

  close(): void {
    this.update([], () => undefined);
    this.#pace.forget();
  }

  #follow(
    cluster: Cluster,
    check: GrpcHealthCheck,
    set: EndpointSet | undefined,
    before: CheckedCluster | undefined,
  ): CheckedCluster {
    const sameCheck = before !== undefined && isAskedAlike(before.cluster, cluster);
    const endpoints = new Map<string, CheckedEndpoint>();
    for (const endpoint of set === undefined ? [] : endpointsOf(set)) {
      const key = endpointKey(endpoint);
      const old = before?.endpoints.get(key);
      if (old !== undefined && sameCheck) {
        endpoints.set(key, old);
        continue;
      }
      const probe = this.#options.openProbe(cluster, check, endpoint);
      const subject = { cluster: cluster.id, key, name: endpoint.name };
      endpoints.set(key, new CheckedEndpoint(subject, check, probe, this.#options, old?.health ?? 'unknown'));
    }
    return { cluster, endpoints };
  }
}

/** Whether a probe made for `before` is one for `now`. */
function isAskedAlike(before: Cluster, now: Cluster): boolean {
  return (
    sameContent(before.healthCheck, now.healthCheck) &&
    sameContent(before.tls, now.tls) &&
    before.proxyProtocol === now.proxyProtocol &&
    before.connectTimeoutMs === now.connectTimeoutMs
  );
}

/** Owns one probe and one timer: the next check. */
class CheckedEndpoint {
  health: Health;
  readonly #subject: { readonly cluster: string; readonly key: string; readonly name: string };
  readonly #check: GrpcHealthCheck;
  readonly #probe: HealthProbe;
  readonly #options: Options;
  /** Results in a row that speak against `health`. */
  #against = 0;
  #timer: Timer | null;

  constructor(
    subject: { readonly cluster: string; readonly key: string; readonly name: string },
    check: GrpcHealthCheck,
    probe: HealthProbe,
    options: Options,
    health: Health,
  ) {
    this.#subject = subject;
    this.#check = check;
    this.#probe = probe;
    this.#options = options;
    this.health = health;
    // An endpoint without a verdict waits for it; the others can wait.
    const delayMs = health === 'unknown' ? 0 : options.random() * check.intervalMs;
    this.#timer = options.clock.after(delayMs, () => this.#begin());
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#probe.close();
  }

  #begin(): void {
    this.#probe.check(result => {
      const waitMs = this.#check.intervalMs * (1 - JITTER + 2 * JITTER * this.#options.random());
      this.#timer = this.#options.clock.after(waitMs, () => this.#begin());
      this.#judge(result);
    });
  }

  #judge(result: ProbeResult): void {
    if (this.health === 'unknown') {
      this.#become(result, 'found');
      return;
    }
    if (result.healthy === (this.health === 'healthy')) {
      this.#against = 0;
      return;
    }
    this.#against += 1;
    const threshold = result.healthy ? this.#check.healthyThreshold : this.#check.unhealthyThreshold;
    if (this.#against >= threshold) this.#become(result, 'became');
  }

  #become({ healthy, reason }: ProbeResult, verb: 'found' | 'became'): void {
    const { cluster, key, name } = this.#subject;
    this.#against = 0;
    this.health = healthy ? 'healthy' : 'unhealthy';
    const fields = { cluster, endpoint: key, name, reason };
    const message = `health check: endpoint ${verb} ${this.health}`;
    if (!healthy) this.#options.log.warn(`health ${cluster}`, message, fields);
    else if (verb === 'became') this.#options.log.info(`health ${cluster}`, message, fields);
    if (verb === 'became') this.#options.onTransition(cluster, this.health);
    this.#options.onChange(cluster);
  }
}
