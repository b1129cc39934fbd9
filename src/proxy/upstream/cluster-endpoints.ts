// SPDX-License-Identifier: Apache-2.0

import { type EndpointSet, endpointsOf } from '../../snapshot/index.ts';
import { compilePicker } from './balancer.ts';
import type { PoolEnvironment } from './endpoint-budget.ts';
import { endpointKey } from './endpoint-key.ts';
import { type EndpointOwner, EndpointPool } from './endpoint-pool.ts';
import { OutlierEjection } from './outlier-ejection.ts';
import type { Picker } from './picker.ts';
import { type ShownEndpoint, unusedEndpoints } from './shown-endpoints.ts';
import type { UpstreamEndpoint, UpstreamRequest } from './upstream-request.ts';
import { type Health, nearestEndpoints, nearestFirst, usableEndpoints } from './usable-endpoints.ts';

const NO_ENDPOINTS: ReadonlyMap<string, EndpointPool> = new Map();
const NO_HEALTH: ReadonlyMap<string, Health> = new Map();
const NO_PICKER: Picker<EndpointPool> = { pick: () => undefined };

/** The cluster, as its set of endpoints sees it. */
export interface ClusterEndpointsOwner extends EndpointOwner {
  /** The endpoint left the cluster. */
  onRetired(endpoint: EndpointPool): void;
}

/**
 * The endpoints of one cluster in one worker: which there are, which may be used, and which one is next.
 *
 * `pick` is one flag and one pick (O(1), hash rings O(log n)). Endpoints are made on the first pick, for most clusters of a
 * worker may never be used, and pickers on the first pick after a change, so that a thousand changes at once cost one compilation.
 */
export class ClusterEndpoints {
  readonly #owner: ClusterEndpointsOwner;
  readonly #environment: PoolEnvironment;
  #ejection: OutlierEjection | null = null;
  /** As published. */
  #set: EndpointSet | undefined;
  #isLive = false;
  /** In the order of the snapshot. */
  #present: ReadonlyMap<string, EndpointPool> = NO_ENDPOINTS;
  /** Left the cluster, but have connections yet. */
  #retired: EndpointPool[] = [];
  #health: ReadonlyMap<string, Health> = NO_HEALTH;
  /** The nearest first. */
  #usable: readonly EndpointPool[] = [];
  #picker: Picker<EndpointPool> = NO_PICKER;
  #stale = true;

  constructor(owner: ClusterEndpointsOwner, environment: PoolEnvironment) {
    this.#owner = owner;
    this.#environment = environment;
  }

  /** It was used once: there are endpoints. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** The endpoint for `request`: its session's if that may be used, else the balancer's choice; undefined: there is none. */
  pick(request: UpstreamRequest): EndpointPool | undefined {
    if (this.#stale) this.#compile();
    if (request.pinned === null) return this.#picker.pick(request.hash);
    const pinned = this.#present.get(request.pinned);
    return pinned?.usable === true ? pinned : this.#picker.pick(request.hash);
  }

  /** One whose key is not in `tried`: the balancer's choice if it can be, else the nearest; undefined: all were. */
  pickUntried(hash: number, tried: readonly string[]): EndpointPool | undefined {
    return this.#pickWhere(hash, ({ key }) => !tried.includes(key));
  }

  /** As `pickUntried`, of those that are connected. */
  pickConnected(hash: number, tried: readonly string[]): EndpointPool | undefined {
    return this.#pickWhere(hash, ({ key, isConnected }) => isConnected && !tried.includes(key));
  }

  /** Those that new streams may go to, the nearest first. */
  usable(): readonly EndpointPool[] {
    if (this.#stale) this.#compile();
    return this.#usable;
  }

  /** Those that are in the cluster. */
  present(): Iterable<EndpointPool> {
    return this.#present.values();
  }

  /** All that were made, those that left but still have connections last. */
  all(): EndpointPool[] {
    return [...this.#present.values(), ...this.#retired];
  }

  /** As `all`, or what those would be that were not made yet. */
  shown(): readonly ShownEndpoint[] {
    if (!this.#isLive) return unusedEndpoints(this.#set, this.#health, this.#owner.cluster.healthCheck !== null);
    if (this.#stale) this.#compile();
    return this.all();
  }

  /** Connections to all of them, those that are still connecting or draining included. */
  openConnections(): number {
    let connections = 0;
    for (const endpoint of this.#present.values()) connections += endpoint.connections;
    for (const endpoint of this.#retired) connections += endpoint.connections;
    return connections;
  }

  /** New configuration (the owner's `cluster`) or endpoints. Endpoints that stay keep their connections. */
  update(set: EndpointSet | undefined): void {
    if (this.#owner.cluster.healthCheck === null) this.#health = NO_HEALTH;
    this.#set = set;
    if (this.#isLive) this.#updatePresent();
  }

  /** Connections are made in another way from now on. */
  renew(): void {
    for (const endpoint of this.all()) endpoint.renew();
  }

  /** Results of the active health check by endpoint key; endpoints that are not named are `unknown`. */
  setHealth(health: ReadonlyMap<string, Health>): void {
    this.#health = health;
    this.#applyHealth();
  }

  /** What decides who is usable has changed. */
  markStale(): void {
    this.#stale = true;
  }

  /** Takes it out for a while because it keeps failing; false when it is out already, has left, or too many are out. */
  eject(endpoint: UpstreamEndpoint): boolean {
    const pool = this.#present.get(endpoint.key);
    this.#ejection ??= new OutlierEjection(this.#environment.clock, () => this.markStale());
    return pool === endpoint && this.#ejection.eject(pool, this.#present);
  }

  /** About once a second. */
  sweep(nowMs: number): void {
    for (const endpoint of this.#present.values()) endpoint.sweep(nowMs);
    if (this.#retired.length === 0) return;
    for (const endpoint of this.#retired) endpoint.sweep(nowMs);
    this.#retired = this.#retired.filter(endpoint => endpoint.connections > 0);
  }

  /** Ends all connections at once. */
  destroy(): void {
    for (const endpoint of this.all()) {
      this.#ejection?.forget(endpoint);
      endpoint.destroy();
    }
  }

  #pickWhere(hash: number, isFit: (endpoint: EndpointPool) => boolean): EndpointPool | undefined {
    if (this.#stale) this.#compile();
    const picked = this.#picker.pick(hash);
    return picked !== undefined && isFit(picked) ? picked : this.#usable.find(isFit);
  }

  #updatePresent(): void {
    const before = this.#present;
    const after = new Map<string, EndpointPool>();
    for (const endpoint of this.#set === undefined ? [] : endpointsOf(this.#set)) {
      const key = endpointKey(endpoint);
      const pool = before.get(key) ?? new EndpointPool(endpoint, this.#owner, this.#environment);
      pool.name = endpoint.name;
      pool.state = endpoint.state;
      pool.distance = endpoint.distance ?? 0;
      after.set(key, pool);
    }
    this.#present = after;
    this.#applyHealth();
    const isWarmed = before.size > 0 && this.#owner.isInUse;
    for (const [key, endpoint] of after) if (isWarmed && !before.has(key)) endpoint.warm();
    for (const [key, endpoint] of before) if (!after.has(key)) this.#retire(endpoint);
  }

  #retire(endpoint: EndpointPool): void {
    this.#ejection?.forget(endpoint);
    this.#owner.onRetired(endpoint);
    this.#retired.push(endpoint);
    endpoint.retire();
  }

  #applyHealth(): void {
    for (const [key, endpoint] of this.#present) endpoint.health = this.#health.get(key) ?? 'unknown';
    this.markStale();
  }

  #compile(): void {
    if (!this.#isLive) {
      this.#isLive = true;
      this.#updatePresent();
    }
    const { cluster } = this.#owner;
    const present = [...this.#present.values()];
    this.#usable = nearestFirst(usableEndpoints(present, cluster.healthCheck !== null));
    for (const endpoint of present) endpoint.usable = false;
    for (const endpoint of this.#usable) endpoint.usable = true;
    this.#picker = compilePicker(cluster.balancer, nearestEndpoints(this.#usable), this.#environment.random);
    this.#stale = false;
  }
}
