// SPDX-License-Identifier: Apache-2.0

/**
 * One cluster in one worker.
 *
 * `open` per request: one pick, one `openStream`. It allocates nothing but the stream. Everything else (waiting,
 * connecting, failing over) is off that path. Guarded by `bench/micro/open-stream.ts`.
 */
import { type Cluster, type EndpointSet, sameContent } from '../../snapshot/index.ts';
import { clusterBudget } from './cluster-budget.ts';
import { ClusterEndpoints, type ClusterEndpointsOwner } from './cluster-endpoints.ts';
import type { ConnectFailure } from './connect-failure.ts';
import type { PoolEnvironment } from './endpoint-budget.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { type HashKey, hashKeyOf } from './hash-key.ts';
import { EJECT_AFTER_FAILURES } from './outlier-ejection.ts';
import { type PendingOwner, PendingRequests } from './pending-requests.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { RetryReason } from './retry-reason.ts';
import type { ShownEndpoint } from './shown-endpoints.ts';
import type { HandshakeResult, TlsClient } from './tls-client.ts';
import type { UpstreamEndpoint, UpstreamRequest } from './upstream-request.ts';
import type { Health } from './usable-endpoints.ts';
import type { WaitingLine, WaitingRequest } from './waiting-line.ts';

/** Sweeps (seconds) without a request after which connections are no longer kept up in the background. */
const IN_USE_SWEEPS = 60;

/** What happens in a cluster that is worth a counter or a log line. None of it is per request. */
export interface ClusterObserver {
  onConnectFailed(cluster: ClusterPool, endpoint: UpstreamEndpoint, failure: ConnectFailure): void;
  onConnected(cluster: ClusterPool, endpoint: UpstreamEndpoint): void;
  /** It speaks its protocol, after a failure or for the first time. */
  onProven(cluster: ClusterPool, endpoint: UpstreamEndpoint): void;
  onEjected(cluster: ClusterPool, endpoint: UpstreamEndpoint): void;
  /** The endpoint left the cluster. */
  onRetired(cluster: ClusterPool, endpoint: UpstreamEndpoint): void;
  /** A TLS handshake with an endpoint of the cluster ended. */
  onHandshake(cluster: string, result: HandshakeResult): void;
  /** A request waited so long for its stream, in whole milliseconds above 0. */
  onWaited(cluster: ClusterPool, waitedMs: number): void;
  /** A request is tried again. */
  onRetried(cluster: ClusterPool, reason: RetryReason): void;
  /** Nothing of the cluster is left. */
  onGone(cluster: ClusterPool): void;
  /** `pending` or `openConnections()` may have changed; once for all that happens in one turn. */
  onChanged(cluster: ClusterPool): void;
}

/** All clusters of the worker, as one of them sees them. */
export interface ClusterOwner {
  readonly observer: Omit<ClusterObserver, 'onChanged' | 'onGone' | 'onHandshake'>;
  /** As the observer's. */
  onChanged(cluster: ClusterPool): void;
}

export class ClusterPool implements ClusterEndpointsOwner, PendingOwner {
  readonly id: string;
  cluster: Cluster;
  tls: TlsClient | null = null;
  /** May change with a snapshot: read it per request. When set, requests carry `hashText` of it in `hash`. */
  hashKey: HashKey;
  /** May change with a snapshot: read it per request. */
  retryBudget: RetryBudget;
  /** null: none ever waited. */
  #pending: PendingRequests | null = null;
  #touched = false;
  readonly #endpoints: ClusterEndpoints;
  readonly #owner: ClusterOwner;
  #used = false;
  #sweepsUnused = IN_USE_SWEEPS;

  constructor(cluster: Cluster, environment: PoolEnvironment, owner: ClusterOwner) {
    this.id = cluster.id;
    this.cluster = cluster;
    this.hashKey = hashKeyOf(cluster);
    this.retryBudget = clusterBudget(cluster.retryConstraint);
    this.#endpoints = new ClusterEndpoints(this, environment);
    this.#owner = owner;
  }

  /**
   * Chooses an endpoint (per stream) and opens a stream on one of its connections. Calls `request` back, synchronously
   * when a connection is ready. O(1) then; no promise, closure, Map or timer.
   */
  open(request: UpstreamRequest): void {
    this.#used = true;
    const endpoint = this.#endpoints.pick(request);
    if (endpoint === undefined) {
      request.onOpenFailed('no_endpoint', 'the backend has no ready endpoint');
      return;
    }
    const stream = endpoint.openStream(request);
    if (stream === null) {
      this.#pending ??= new PendingRequests(this, this.#endpoints);
      this.#pending.wait(endpoint, request);
      return;
    }
    endpoint.begin(request, stream);
  }

  /** An endpoint can be chosen. */
  get hasEndpoints(): boolean {
    return this.#endpoints.usable().length > 0;
  }

  /**
   * An endpoint for what opens no connection, such as the datagrams of one client; undefined: there is none. `hash` as that of a
   * request; `avoided`: keys of those that come last. `done` must follow once.
   */
  take(hash: number, avoided: readonly string[]): EndpointPool | undefined {
    const endpoint = this.#endpoints.pickUntried(hash, avoided) ?? this.#endpoints.pickUntried(hash, NONE);
    endpoint?.began();
    return endpoint;
  }

  /** An endpoint for a stream of bytes, which has a connection of its own; undefined: all of `tried` were. `streamEnded` must follow once. */
  takeUntried(hash: number, tried: readonly string[]): EndpointPool | undefined {
    this.#used = true;
    const endpoint = this.#endpoints.pickUntried(hash, tried);
    endpoint?.began();
    this.#touch();
    return endpoint;
  }

  /** `failure`: why no connection came of it; null: there was one, and it is closed. */
  streamEnded(endpoint: EndpointPool, failure: ConnectFailure | null): void {
    if (failure !== null) this.#owner.observer.onConnectFailed(this, endpoint, failure);
    this.done(endpoint, failure === null ? 'ok' : 'failed');
    this.#touch();
  }

  /** Nobody listens at the port of an endpoint that was taken. */
  refused(endpoint: EndpointPool, message: string): void {
    this.#owner.observer.onConnectFailed(this, endpoint, { kind: 'connect_failure', message, stage: 'unreached' });
  }

  /** An endpoint that was taken answered. */
  answered(endpoint: EndpointPool): void {
    this.#owner.observer.onProven(this, endpoint);
  }

  /** A request had to wait for its stream; most have it at once. */
  waited(waitedMs: number): void {
    this.#owner.observer.onWaited(this, waitedMs);
  }

  /** The next try of a request begins. */
  retried(reason: RetryReason): void {
    this.#owner.observer.onRetried(this, reason);
  }

  /** Forgets a request that still waits for a connection; nothing is called back. No effect on others. O(1). */
  cancel(request: UpstreamRequest): void {
    this.#pending?.cancel(request);
  }

  /**
   * Exactly once per `onOpen`, when the stream is over. `failed`: the endpoint did not do its work (reset by connection or
   * protocol, refused, gateway-class HTTP status 502/503/504 or no answer in time); an application's own error is `ok`,
   * and so is a stream that the client gave up.
   */
  done(endpoint: UpstreamEndpoint, outcome: 'ok' | 'failed'): void {
    endpoint.ended(outcome);
    if (endpoint.consecutiveFailures < EJECT_AFTER_FAILURES) return;
    if (this.#endpoints.eject(endpoint)) this.#owner.observer.onEjected(this, endpoint);
  }

  /**
   * New configuration or endpoints. Endpoints that stay keep their connections; those made with another `tls` end when their streams do, for
   * what they trust may be trusted no longer.
   */
  update(cluster: Cluster, endpoints: EndpointSet | undefined, tls: TlsClient | null = null): void {
    const isRenewed = tls !== this.tls;
    if (!sameContent(this.cluster.retryConstraint, cluster.retryConstraint)) {
      this.retryBudget = clusterBudget(cluster.retryConstraint);
    }
    this.cluster = cluster;
    this.tls = tls;
    this.hashKey = hashKeyOf(cluster);
    this.#endpoints.update(endpoints);
    if (isRenewed) this.#endpoints.renew();
  }

  /** Results of the active health check by endpoint key; endpoints that are not named are `unknown`. */
  setHealth(health: ReadonlyMap<string, Health>): void {
    this.#endpoints.setHealth(health);
  }

  /** Ends all connections at once. */
  destroy(): void {
    this.#endpoints.destroy();
  }

  /** About once a second. */
  sweep(nowMs: number): void {
    if (!this.#endpoints.isLive) return;
    this.#sweepsUnused = this.#used ? 0 : this.#sweepsUnused + 1;
    this.#used = false;
    this.#endpoints.sweep(nowMs);
  }

  /** All endpoints that were made, those that left but still have streams last: none before the first request. */
  endpoints(): readonly EndpointPool[] {
    return this.#endpoints.all();
  }

  /** All endpoints, made or not. For dumps. */
  shownEndpoints(): readonly ShownEndpoint[] {
    return this.#endpoints.shown();
  }

  /** Connections to all endpoints, those that are still connecting or draining included. */
  openConnections(): number {
    return this.#endpoints.openConnections();
  }

  /** Requests that wait for a connection. */
  get pending(): number {
    return this.#pending === null ? 0 : this.#pending.size;
  }

  /** Nobody waits, no stream is open, and none was asked for since the sweep before the last one. */
  get isIdle(): boolean {
    if (this.#used || this.#sweepsUnused < 2 || this.pending > 0) return false;
    return this.#endpoints.all().every(endpoint => endpoint.activeRequests === 0);
  }

  /** Connections are open, requests wait, or streams were asked for lately. */
  get needsSweep(): boolean {
    return this.#endpoints.isLive && (this.isInUse || this.pending > 0 || this.openConnections() > 0);
  }

  get isInUse(): boolean {
    return this.#used || this.#sweepsUnused < IN_USE_SWEEPS;
  }

  onUsableChanged(): void {
    this.#endpoints.markStale();
  }

  onConnectionsChanged(): void {
    this.#touch();
  }

  onPendingChanged(): void {
    this.#touch();
  }

  onServed(waiting: WaitingRequest): void {
    this.#pending?.forget(waiting);
  }

  onProven(endpoint: EndpointPool): void {
    this.#owner.observer.onProven(this, endpoint);
  }

  /** What waits elsewhere for a slow connect need not. */
  onReachable(endpoint: EndpointPool): void {
    this.#owner.observer.onConnected(this, endpoint);
    if (this.pending === 0) return;
    for (const other of this.#endpoints.present()) if (other !== endpoint) other.release();
  }

  findReachableOther(endpoint: EndpointPool): boolean {
    const others = this.#endpoints.usable().filter(other => other !== endpoint && !other.failing);
    if (others.some(other => other.isConnected)) return true;
    others[0]?.connect();
    return false;
  }

  onHeldUp(line: WaitingLine): void {
    this.#pending?.handOver(line);
  }

  onUnserved(endpoint: EndpointPool, unserved: readonly WaitingRequest[], failure: ConnectFailure): void {
    for (const waiting of unserved) this.#pending?.elsewhere(endpoint, waiting, failure);
  }

  onConnectFailed(endpoint: EndpointPool, failure: ConnectFailure): void {
    this.#owner.observer.onConnectFailed(this, endpoint, failure);
  }

  onRetired(endpoint: EndpointPool): void {
    this.#owner.observer.onRetired(this, endpoint);
  }

  #touch(): void {
    if (this.#touched) return;
    this.#touched = true;
    queueMicrotask(() => {
      this.#touched = false;
      this.#owner.onChanged(this);
    });
  }
}

const NONE: readonly string[] = [];
