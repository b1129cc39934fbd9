// SPDX-License-Identifier: Apache-2.0

import type { Cluster } from '../../snapshot/index.ts';
import type { ClusterEndpoints } from './cluster-endpoints.ts';
import type { ConnectFailure } from './connect-failure.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { MAX_TRIES } from './max-tries.ts';
import type { UpstreamRequest } from './upstream-request.ts';
import { type WaitingLine, WaitingRequest } from './waiting-line.ts';
import { WaitingRequests } from './waiting-requests.ts';

/** The cluster, as requests without a stream see it. */
export interface PendingOwner {
  readonly cluster: Cluster;
  /** There are more of them, or fewer. */
  onPendingChanged(): void;
}

/** To a client that is kept apart. */
const LEFT_UNFINISHED =
  'clients that take many calls back have few connections to the backend, and too many of their requests wait for one already';

/**
 * The requests of one cluster that had no stream at once: each waits for a connection of its endpoint, and goes to another one when none
 * comes about there. Up to `maxPendingRequests`; over it a request is refused, or takes the place of one whose client has many.
 */
export class PendingRequests {
  readonly #owner: PendingOwner;
  readonly #endpoints: ClusterEndpoints;
  readonly #waiting = new WaitingRequests();

  constructor(owner: PendingOwner, endpoints: ClusterEndpoints) {
    this.#owner = owner;
    this.#endpoints = endpoints;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** `endpoint` has no stream for `request` now. It is called back at once where another one has, or where it may not wait. */
  wait(endpoint: EndpointPool, request: UpstreamRequest): void {
    if (endpoint.isFullFor(request) && this.#openBeside(endpoint, request)) return;
    const isFull = this.size >= this.#owner.cluster.maxPendingRequests;
    if (!endpoint.mayWait(request)) request.onOpenFailed('overload', LEFT_UNFINISHED);
    else if (isFull && !this.#makeRoom(request)) this.#overload(request);
    else this.#enqueue(endpoint, new WaitingRequest(request));
  }

  /** Forgets a request if it waits; nothing is called back. O(1). */
  cancel(request: UpstreamRequest): void {
    const waiting = this.#waiting.get(request);
    if (waiting === undefined) return;
    waiting.line?.remove(waiting);
    this.forget(waiting);
  }

  /** It waits no longer. */
  forget(waiting: WaitingRequest): void {
    if (this.#waiting.delete(waiting)) this.#owner.onPendingChanged();
  }

  /** `endpoint` could not be reached. Tries the next one: at most `MAX_TRIES` in all, none twice. No effect on a request that waits no longer. */
  elsewhere(endpoint: EndpointPool, waiting: WaitingRequest, failure: ConnectFailure): void {
    const { request, tried } = waiting;
    if (this.#waiting.get(request) !== waiting) return;
    tried.push(endpoint.key);
    const next = tried.length < MAX_TRIES ? this.#endpoints.pickUntried(request.hash, tried) : undefined;
    if (next === undefined) {
      this.forget(waiting);
      request.onOpenFailed(failure.kind, failure.message);
      return;
    }
    this.#place(next, waiting);
  }

  /**
   * Those in `line` wait for an endpoint that takes long to connect. They go to endpoints that are connected, and to no others, which may take as
   * long: to be slow is no failure, and costs none of the tries.
   */
  handOver(line: WaitingLine): void {
    for (const waiting of line.all()) {
      // A request that got its stream may have ended others.
      if (waiting.line !== line) continue;
      const connected = this.#endpoints.pickConnected(waiting.request.hash, waiting.tried);
      if (connected === undefined) continue;
      line.remove(waiting);
      this.#place(connected, waiting);
    }
  }

  /** It has a stream of `endpoint` now, or waits for one there. */
  #place(endpoint: EndpointPool, waiting: WaitingRequest): void {
    const { request } = waiting;
    const stream = endpoint.openStream(request);
    if (stream === null) {
      this.#enqueue(endpoint, waiting);
      return;
    }
    this.forget(waiting);
    endpoint.begin(request, stream);
  }

  #enqueue(endpoint: EndpointPool, waiting: WaitingRequest): void {
    this.#waiting.add(waiting);
    this.#owner.onPendingChanged();
    const failure = endpoint.wait(waiting);
    if (failure !== null) this.elsewhere(endpoint, waiting, failure);
  }

  /** The endpoint is full: true when another one had room. */
  #openBeside(full: EndpointPool, request: UpstreamRequest): boolean {
    for (const endpoint of this.#endpoints.usable()) {
      const stream = endpoint === full ? null : endpoint.openStream(request);
      if (stream === null) continue;
      endpoint.begin(request, stream);
      return true;
    }
    return false;
  }

  /** Who fills the line gives way to those who have little in it. */
  #makeRoom({ client }: UpstreamRequest): boolean {
    const waiting = this.#waiting.givingWayTo(client);
    if (waiting === null) return false;
    this.cancel(waiting.request);
    this.#overload(waiting.request);
    return true;
  }

  #overload(request: UpstreamRequest): void {
    request.onOpenFailed(
      'overload',
      `${this.#owner.cluster.maxPendingRequests} requests wait for a connection to the backend already`,
    );
  }
}
