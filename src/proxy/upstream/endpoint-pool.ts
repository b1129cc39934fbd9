// SPDX-License-Identifier: Apache-2.0

import type { Cluster, Endpoint } from '../../snapshot/index.ts';
import type { Http2Connection, Http2Stream } from '../../wire/index.ts';
import type { Timer } from '../clock.ts';
import { backoffMs } from './backoff.ts';
import { endpointKey } from './endpoint-key.ts';
import {
  type ConnectFailure,
  type ConnectionEnvironment,
  type ConnectionOwner,
  UpstreamConnection,
} from './upstream-connection.ts';
import type { UpstreamEndpoint } from './upstream-endpoint.ts';
import type { UpstreamRequest } from './upstream-request.ts';
import type { Candidate, Health } from './usable-endpoints.ts';

/** Connections of one worker to one endpoint. A peer that allows few streams each gets this many; more requests wait. */
const MAX_CONNECTIONS = 100;
/** While every endpoint is failing, requests may still cause a connect, but only this long after the last one failed. */
const MIN_RETRY_MS = 100;

/** A connect that takes longer is not waited for while other endpoints are connected. */
const SLOW_CONNECT_MS = 250;

const REMOVED: ConnectFailure = { kind: 'connect_failure', message: 'the backend was removed' };

/** A request that waits for a connection. */
export interface WaitingRequest {
  readonly request: UpstreamRequest;
  /** Keys of the endpoints that could not be reached for it. */
  readonly tried: string[];
}

/** The cluster, as its endpoints see it. */
export interface EndpointOwner {
  readonly cluster: Cluster;
  /** Streams were asked for lately: connections are kept up in the background, so that no request waits for one. */
  readonly isInUse: boolean;
  /** `reachable` changed. */
  onUsableChanged(): void;
  /** A connection came or went. */
  onConnectionsChanged(): void;
  /** `waiting` left the endpoint's queue and has its stream. */
  onServed(waiting: WaitingRequest): void;
  /** The endpoint takes long to connect and requests wait for it: true when others are there to take them. */
  hasReachableOther(endpoint: EndpointPool): boolean;
  /** They left the endpoint's queue: another one must be tried. */
  onUnserved(endpoint: EndpointPool, waiting: readonly WaitingRequest[], failure: ConnectFailure): void;
  onConnectFailed(endpoint: EndpointPool, failure: ConnectFailure): void;
  /** It can be reached. */
  onConnected(endpoint: EndpointPool): void;
}

/**
 * One endpoint and its connections. As few as needed: one, and another when the peer's stream limit is reached.
 *
 * Owns its connections and two timers: the next background connect, and the patience with the one under way.
 */
export class EndpointPool implements UpstreamEndpoint, Candidate, ConnectionOwner {
  readonly address: string;
  readonly port: number;
  readonly key: string;
  name: string;
  state: 'ready' | 'draining';
  activeRequests = 0;
  consecutiveFailures = 0;
  health: Health = 'unknown';
  ejected = false;
  /** The last connect failed, or the connection was lost and the next one is not there yet. */
  failing = false;
  /** In the picker's set. Written by the cluster. */
  usable = false;
  readonly connections: UpstreamConnection[] = [];
  readonly waiting: WaitingRequest[] = [];
  readonly #owner: EndpointOwner;
  readonly #environment: ConnectionEnvironment;
  /** Where the next stream is tried first; null: nothing is connected. */
  #current: Http2Connection | null = null;
  #connecting = false;
  #failures = 0;
  #lastFailure: { readonly atMs: number; readonly failure: ConnectFailure } | null = null;
  #reconnect: Timer | null = null;
  #slow: Timer | null = null;
  #retired = false;

  constructor(endpoint: Endpoint, owner: EndpointOwner, environment: ConnectionEnvironment) {
    this.address = endpoint.address;
    this.port = endpoint.port;
    this.key = endpointKey(endpoint);
    this.name = endpoint.name;
    this.state = endpoint.state;
    this.#owner = owner;
    this.#environment = environment;
  }

  /** A connection is open. */
  get isConnected(): boolean {
    return this.#current !== null;
  }

  /** A new stream whose events go to `request`; null when no connection has room. Allocates only the stream. */
  openStream(request: UpstreamRequest): Http2Stream | null {
    const current = this.#current;
    if (current === null) return null;
    return current.openStream(request) ?? this.#openElsewhere(request);
  }

  /** Puts a request into the queue and sees to a connection; the failure when connecting now would be too soon. */
  wait(waiting: WaitingRequest): ConnectFailure | null {
    const last = this.#lastFailure;
    const tooSoon = last !== null && this.#environment.clock.nowMs() - last.atMs < MIN_RETRY_MS;
    const isIdle = !this.#connecting && this.#current === null;
    if (tooSoon && isIdle) return last.failure;
    if (this.#retired && isIdle) return REMOVED;
    this.waiting.push(waiting);
    this.connect();
    return null;
  }

  /** Starts a connection unless one is under way or there are too many. */
  connect(): void {
    if (this.#connecting || this.#retired || this.connections.length >= MAX_CONNECTIONS) return;
    this.#connecting = true;
    this.#reconnect?.cancel();
    this.#reconnect = null;
    const { connectTimeoutMs } = this.#owner.cluster;
    this.#slow = this.#environment.clock.after(SLOW_CONNECT_MS, () => this.#onSlow());
    const target = { address: this.address, port: this.port, connectTimeoutMs };
    this.connections.push(new UpstreamConnection(target, this, this.#environment));
    this.#owner.onConnectionsChanged();
  }

  /** Connects before the first request comes; until then other endpoints are preferred. */
  warm(): void {
    this.#setFailing(true);
    this.connect();
  }

  /** The endpoint left the cluster: what waits is still served, streams go on, connections close as they become idle. */
  retire(): void {
    this.#retired = true;
    this.#reconnect?.cancel();
    this.#leaveWhenServed();
  }

  /** Ends every connection at once. */
  destroy(): void {
    this.retire();
    this.#current = null;
    for (const connection of [...this.connections]) connection.destroy();
  }

  /** About once a second. */
  sweep(nowMs: number): void {
    if (this.connections.length > 0) for (const connection of [...this.connections]) connection.sweep(nowMs);
  }

  onConnected(connection: UpstreamConnection): void {
    this.#endConnecting();
    this.#failures = 0;
    this.#lastFailure = null;
    this.#owner.onConnected(this);
    this.#current = connection.http2;
    this.#setFailing(false);
    this.#serve();
    this.#leaveWhenServed();
  }

  onCapacity(connection: UpstreamConnection): void {
    this.#current = connection.http2;
    if (this.waiting.length > 0) this.#serve();
    this.#leaveWhenServed();
  }

  onDraining(connection: UpstreamConnection): void {
    if (this.#current !== connection.http2) return;
    this.#current = this.connections.find(other => other.state === 'open')?.http2 ?? null;
    if (this.#current === null && this.#owner.isInUse && !this.#retired) this.warm();
  }

  onClosed(connection: UpstreamConnection, failure: ConnectFailure | null): void {
    this.connections.splice(this.connections.indexOf(connection), 1);
    this.#owner.onConnectionsChanged();
    if (connection.wasOpen) this.onDraining(connection);
    else this.#endConnecting();
    if (this.#retired) {
      if (this.#current === null && !this.#connecting) this.#giveUp(failure ?? REMOVED);
      return;
    }
    if (failure !== null) this.#onFailed(failure);
    else if (this.waiting.length > 0 && this.#current === null) this.connect();
  }

  #onFailed(failure: ConnectFailure): void {
    const { clock } = this.#environment;
    this.#failures += 1;
    this.#lastFailure = { atMs: clock.nowMs(), failure };
    this.#setFailing(true);
    this.#owner.onConnectFailed(this, failure);
    this.#reconnect?.cancel();
    this.#reconnect = clock.after(backoffMs(this.#failures, Math.random()), () => this.#onBackoffOver());
    if (this.#current === null && !this.#connecting) this.#giveUp(failure);
  }

  #giveUp(failure: ConnectFailure): void {
    if (this.waiting.length > 0) this.#owner.onUnserved(this, this.waiting.splice(0), failure);
  }

  #leaveWhenServed(): void {
    if (!this.#retired || this.waiting.length > 0) return;
    this.#current = null;
    for (const connection of [...this.connections]) connection.drain();
  }

  #endConnecting(): void {
    this.#connecting = false;
    this.#slow?.cancel();
    this.#slow = null;
  }

  #onSlow(): void {
    if (this.#current !== null || !this.#owner.hasReachableOther(this)) return;
    this.#setFailing(true);
    const message = `no connection to the backend within ${SLOW_CONNECT_MS} ms`;
    this.#owner.onUnserved(this, this.waiting.splice(0), { kind: 'connect_timeout', message });
  }

  /** A cluster that nobody uses is not dialled; the next request finds the endpoint as if it were new. */
  #onBackoffOver(): void {
    this.#reconnect = null;
    if (this.#owner.isInUse) this.connect();
    else this.#setFailing(false);
  }

  #serve(): void {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      const stream = this.openStream(next.request);
      if (stream === null) break;
      this.waiting.shift();
      this.activeRequests += 1;
      this.#owner.onServed(next);
      next.request.onOpen(stream, this);
    }
    if (this.waiting.length > 0) this.connect();
  }

  #openElsewhere(request: UpstreamRequest): Http2Stream | null {
    for (const { state, http2 } of this.connections) {
      if (state !== 'open' || http2 === null || http2 === this.#current) continue;
      const stream = http2.openStream(request);
      if (stream === null) continue;
      this.#current = http2;
      return stream;
    }
    return null;
  }

  #setFailing(failing: boolean): void {
    if (this.failing === failing) return;
    this.failing = failing;
    this.#owner.onUsableChanged();
  }
}
