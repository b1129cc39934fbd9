// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { Cluster, Endpoint } from '../../snapshot/index.ts';
import type { MessageStream } from '../../wire/index.ts';
import { carriesRequests, isShared } from './codec.ts';
import type { ConnectFailure } from './connect-failure.ts';
import { type CarriedStream, openSocket } from './connection-environment.ts';
import { DedicatedConnections } from './dedicated-connections.ts';
import type { EndpointBudget, PoolEnvironment } from './endpoint-budget.ts';
import { endpointKey } from './endpoint-key.ts';
import { Lane } from './lane.ts';
import type { LaneLimits } from './lane-connections.ts';
import type { LaneOwner, OwnedLane } from './lane-owner.ts';
import { ResumableSession } from './resumable-session.ts';
import type { TlsClient } from './tls-client.ts';
import type { UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamEndpoint, UpstreamRequest } from './upstream-request.ts';
import type { Candidate, Health } from './usable-endpoints.ts';
import type { WaitingLine, WaitingRequest } from './waiting-line.ts';

/** Connections of one worker to one endpoint. A peer that allows few streams each gets this many; more requests wait. */
const SHARED: LaneLimits = { maxConnections: 100, leavingBeside: 0, dialSpacingMs: 0, isKeptUp: true };
/**
 * Clients that leave many calls unfinished have connections of their own. Few, and seldom a new one: such a client spoils
 * them at the price of frames, and what it loses is its own.
 */
const APART: LaneLimits = { maxConnections: 4, leavingBeside: 0, dialSpacingMs: 1_000, isKeptUp: false };
/** Requests of such clients that may wait: they must not fill the line that all share. */
const MAX_APART_WAITING = 64;

/** The cluster, as its endpoints see it. */
export interface EndpointOwner {
  readonly cluster: Cluster;
  /** null: endpoints are spoken to in cleartext. */
  readonly tls: TlsClient | null;
  /** Streams were asked for lately: connections are kept up in the background, so that no request waits for one. */
  readonly isInUse: boolean;
  /** `failing` changed. */
  onUsableChanged(): void;
  /** The endpoint is connected now. */
  onReachable(endpoint: EndpointPool): void;
  /** What was connected speaks its protocol, after a failure or for the first time. */
  onProven(endpoint: EndpointPool): void;
  /** A connection came or went. */
  onConnectionsChanged(): void;
  /** `waiting` left the endpoint's line and has its stream. */
  onServed(waiting: WaitingRequest): void;
  /** The endpoint takes long to connect and requests wait for it: true when others are there to take them, else one is dialled. */
  findReachableOther(endpoint: EndpointPool): boolean;
  /** Those in `line` wait for a slow connect: who can be served elsewhere leaves it, the others wait on. */
  onHeldUp(line: WaitingLine): void;
  /** They left the endpoint's line: another one must be tried. */
  onUnserved(endpoint: EndpointPool, waiting: readonly WaitingRequest[], failure: ConnectFailure): void;
  onConnectFailed(endpoint: EndpointPool, failure: ConnectFailure): void;
}

/** One endpoint: what is known of it, and its connections in two lanes, the second one made when it is needed. */
export class EndpointPool implements UpstreamEndpoint, Candidate, LaneOwner {
  readonly address: string;
  readonly port: number;
  readonly key: string;
  name: string;
  state: 'ready' | 'draining';
  distance: number;
  activeRequests = 0;
  consecutiveFailures = 0;
  health: Health = 'unknown';
  ejected = false;
  /** The last connect failed, or the connection was lost and the next one is not there yet. */
  failing = false;
  /** May be given new streams. Written by the cluster. */
  usable = false;
  readonly session: ResumableSession = new ResumableSession();
  readonly #owner: EndpointOwner;
  readonly #environment: PoolEnvironment;
  readonly #shared: Lane;
  #apart: Lane | null = null;
  #dedicated: DedicatedConnections | null = null;
  #isRetired = false;

  constructor(endpoint: Endpoint, owner: EndpointOwner, environment: PoolEnvironment) {
    this.address = endpoint.address;
    this.port = endpoint.port;
    this.key = endpointKey(endpoint);
    this.name = endpoint.name;
    this.state = endpoint.state;
    this.distance = endpoint.distance ?? 0;
    this.#owner = owner;
    this.#environment = environment;
    this.#shared = new Lane(this, limitsOf(this.protocol, environment.budget), environment);
  }

  get protocol(): Cluster['protocol'] {
    return this.#owner.cluster.protocol;
  }

  get connectTimeoutMs(): number {
    return this.#owner.cluster.connectTimeoutMs;
  }

  get tls(): TlsClient | null {
    return this.#owner.tls;
  }

  get proxyProtocol(): Cluster['proxyProtocol'] {
    return this.#owner.cluster.proxyProtocol;
  }

  /** Of connections for requests: one that carries a single stream is made for it. */
  get isInUse(): boolean {
    return carriesRequests(this.protocol) && this.#owner.isInUse;
  }

  /** A connection is open. */
  get isConnected(): boolean {
    return this.#shared.isConnected;
  }

  /** Connections, those that are connecting or draining included. */
  get connections(): number {
    const lanes = this.#shared.connections.length + (this.#apart?.connections.length ?? 0);
    const streams = this.protocol === 'tcp' ? this.activeRequests : 0;
    return lanes + (this.#dedicated?.size ?? 0) + streams;
  }

  /** A new stream whose events go to `request`; null when no connection has room. Allocates only the stream. */
  openStream(request: UpstreamRequest): MessageStream | null {
    return request.isApart ? (this.#apart?.openStream(request) ?? null) : this.#shared.openStream(request);
  }

  /** It left its cluster. */
  get isRetired(): boolean {
    return this.#isRetired;
  }

  /** Something else than a stream uses it from now on. `ended` follows. */
  began(): void {
    this.activeRequests += 1;
  }

  /**
   * Begins a connection for a stream of bytes, in TLS where the cluster is spoken to so: the one place where such connections are made.
   */
  dialStream(stream: CarriedStream): Socket {
    const socket = openSocket(this, this.#environment, stream);
    socket.allowHalfOpen = true;
    return socket;
  }

  /** `request` has its stream. */
  begin(request: UpstreamRequest, stream: MessageStream): void {
    this.began();
    request.onOpen(stream, this);
  }

  ended(outcome: 'ok' | 'failed'): void {
    this.activeRequests -= 1;
    this.consecutiveFailures = outcome === 'ok' ? 0 : this.consecutiveFailures + 1;
    this.#shared.onStreamEnded();
  }

  /** Whether the line for `request` may be joined. */
  mayWait(request: UpstreamRequest): boolean {
    return !request.isApart || this.#apart === null || this.#apart.waiting.length < MAX_APART_WAITING;
  }

  /** No connection has room for `request` and no further one may be opened. */
  isFullFor(request: UpstreamRequest): boolean {
    return (request.isApart ? this.#apart : this.#shared)?.isFullFor(request.client) === true;
  }

  /** Puts a request into the line and sees to a connection; the failure when connecting now would be too soon. */
  wait(waiting: WaitingRequest): ConnectFailure | null {
    return (waiting.request.isApart ? this.#apartLane() : this.#shared).wait(waiting);
  }

  /** Starts a connection unless one is there, under way, or it would be too soon. */
  connect(): void {
    if (!this.isConnected) this.#shared.connect();
  }

  /** Connects before the first request comes; until then other endpoints are preferred. */
  warm(): void {
    if (this.isInUse) this.#shared.warm();
  }

  /** Another endpoint is connected now: what waits here for a slow connect goes there. */
  release(): void {
    this.#shared.release();
  }

  /** Connections are made in another way from now on: those that are there take no new streams. */
  renew(): void {
    this.#shared.renew();
    this.#apart?.renew();
  }

  /** The endpoint left the cluster: what waits is still served, streams go on, connections close as they become idle. */
  retire(): void {
    this.#isRetired = true;
    this.#shared.retire();
    this.#apart?.retire();
  }

  /** Ends every connection at once. */
  destroy(): void {
    this.#isRetired = true;
    this.#shared.destroy();
    this.#apart?.destroy();
    this.#dedicated?.destroy();
  }

  /** About once a second. */
  sweep(nowMs: number): void {
    this.#shared.sweep(nowMs);
    this.#apart?.sweep(nowMs);
    this.#dedicated?.sweep(nowMs);
  }

  /** Only the shared lane says whether the endpoint can be used: clients in the other one may have made it fail. */
  onReachable(lane: OwnedLane, reachable: boolean): void {
    if (lane !== this.#shared) return;
    if (this.failing === reachable) {
      this.failing = !reachable;
      this.#owner.onUsableChanged();
    }
    if (reachable && lane.isConnected) this.#owner.onReachable(this);
  }

  onConnectionsChanged(): void {
    this.#owner.onConnectionsChanged();
  }

  onDedicated(connection: UpstreamConnection): void {
    this.#dedicated ??= new DedicatedConnections(() => this.#owner.onConnectionsChanged());
    this.#dedicated.take(connection);
  }

  onServed(waiting: WaitingRequest, stream: MessageStream): void {
    this.#owner.onServed(waiting);
    this.begin(waiting.request, stream);
  }

  onSlow(lane: OwnedLane): boolean {
    return lane === this.#shared && this.#owner.findReachableOther(this);
  }

  onHeldUp(line: WaitingLine): void {
    this.#owner.onHeldUp(line);
  }

  onUnserved(waiting: readonly WaitingRequest[], failure: ConnectFailure): void {
    this.#owner.onUnserved(this, waiting, failure);
  }

  onProven(lane: OwnedLane): void {
    if (lane === this.#shared) this.#owner.onProven(this);
  }

  onConnectFailed(lane: OwnedLane, failure: ConnectFailure): void {
    if (lane === this.#shared) this.#owner.onConnectFailed(this, failure);
  }

  #apartLane(): Lane {
    if (this.#apart === null) {
      this.#apart = new Lane(this, APART, this.#environment);
      if (this.#isRetired) this.#apart.retire();
    }
    return this.#apart;
  }
}

/**
 * Where a connection takes one request at a time, as many are wanted as requests are under way. Where it takes many, one that the peer ends goes on
 * as long as its last stream: a peer that does so often has as many of those as there are long streams.
 */
function limitsOf(protocol: Cluster['protocol'], { perEndpoint }: EndpointBudget): LaneLimits {
  if (isShared(protocol)) return { ...SHARED, leavingBeside: perEndpoint };
  return { ...SHARED, maxConnections: perEndpoint };
}
