// SPDX-License-Identifier: Apache-2.0

import type { MessageStream } from '../../wire/index.ts';
import { isShared } from './codec.ts';
import type { ConnectFailure } from './connect-failure.ts';
import { Dials, type DialsOwner, type DialUse } from './dials.ts';
import type { PoolEnvironment } from './endpoint-budget.ts';
import { LaneConnections, type LaneLimits } from './lane-connections.ts';
import type { LaneOwner } from './lane-owner.ts';
import { StreamAllowance } from './stream-allowance.ts';
import { type ConnectionOwner, UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamRequest } from './upstream-request.ts';
import { WaitingLine, type WaitingRequest } from './waiting-line.ts';

const REMOVED: ConnectFailure = { kind: 'connect_failure', message: 'the backend was removed', stage: 'unreached' };

/**
 * Connections to one endpoint that carry the same kind of clients, and the requests that wait for one. As few as needed:
 * one, and others when the peer's stream limit is reached, or as many as wait where a connection takes one request at a time.
 *
 * Owns its connections.
 */
export class Lane implements ConnectionOwner, DialsOwner {
  readonly waiting: WaitingLine = new WaitingLine();
  readonly #owner: LaneOwner;
  readonly #environment: PoolEnvironment;
  readonly #limits: LaneLimits;
  readonly #dials: Dials;
  readonly #connections: LaneConnections;
  #retired = false;
  /** Connected, perhaps, but nothing has been heard yet: a port of another protocol accepts as well. */
  #isDoubted = true;
  readonly #allowance = new StreamAllowance();

  constructor(owner: LaneOwner, limits: LaneLimits, environment: PoolEnvironment) {
    this.#owner = owner;
    this.#limits = limits;
    this.#environment = environment;
    this.#connections = new LaneConnections(limits, environment.budget);
    this.#dials = new Dials(this, limits.dialSpacingMs, environment);
  }

  /** A connection is open. */
  get isConnected(): boolean {
    return this.#connections.hasOpen;
  }

  get connections(): readonly UpstreamConnection[] {
    return this.#connections.all;
  }

  /** Somebody waits, or may soon. */
  get #isWanted(): boolean {
    return this.waiting.length > 0 || (this.#limits.isKeptUp && this.#owner.isInUse);
  }

  /** No connection has room for requests of `client`, and no further one may be opened for them. */
  isFullFor(client: object | null): boolean {
    return this.#connections.isFullFor(client);
  }

  /** A new stream whose events go to `request`; null when no connection has room for it. Allocates only the stream. */
  openStream(request: UpstreamRequest): MessageStream | null {
    return this.#connections.mayServe(request.client) ? this.#connections.openStream(request) : null;
  }

  /** Puts a request into the line and sees to a connection; the failure when connecting now would be too soon. */
  wait(waiting: WaitingRequest): ConnectFailure | null {
    if (!this.#dials.areUnderWay && !this.#connections.hasUsable) {
      const failure = this.#retired ? REMOVED : this.#dials.refusal;
      if (failure !== null) return failure;
    }
    this.waiting.push(waiting);
    this.connect();
    if (this.isFullFor(waiting.request.client)) this.#environment.budget.waits(this.#owner.key);
    if (this.#dials.areSlow) this.onSlow();
    return null;
  }

  /** Starts the connections that are wanted unless they are under way, there are too many, or it would be too soon. */
  connect(use: DialUse = 'request'): void {
    if (this.#retired) return;
    const wanted = isShared(this.#owner.protocol) ? 1 : Math.max(1, this.waiting.length);
    while (!this.#connections.areAll && this.#dials.mayBegin(wanted, use) && this.#connections.mayAdd()) this.#dial();
  }

  /** Connects before the first request comes; until then other endpoints are preferred. */
  warm(): void {
    this.#owner.onReachable(this, false);
    this.connect(this.waiting.length > 0 ? 'request' : 'upkeep');
  }

  /**
   * Connections are made in another way from now on: those that are there take no new streams, those under way are begun anew,
   * and what failed before says nothing.
   */
  renew(): void {
    this.#dials.renew();
    this.#connections.drain();
    if (this.#retired) return;
    this.#owner.onReachable(this, true);
    if (this.#isWanted) this.connect();
  }

  /** The endpoint left the cluster: what waits is still served, streams go on, connections close as they become idle. */
  retire(): void {
    this.#retired = true;
    this.#dials.stop();
    this.#giveUpWhenLost(REMOVED);
    this.#leaveWhenServed();
  }

  /** Ends every connection at once. */
  destroy(): void {
    this.retire();
    this.#connections.preferNone();
    for (const connection of [...this.connections]) connection.destroy();
  }

  /** About once a second. */
  sweep(nowMs: number): void {
    if (this.connections.length === 0 && this.waiting.length === 0) return;
    const { isShort } = this.#environment.budget;
    for (const connection of [...this.connections]) connection.sweep(nowMs, isShort);
    if (this.#isDoubted && this.connections.some(({ proof }) => proof.isBelieved)) {
      this.#believe();
      this.#dials.succeeded();
    }
    if (this.#allowance.trustMore(this.connections)) this.#connections.reconsider();
    if (this.waiting.length > 0) this.#serve();
  }

  /** A stream of one of its connections is over, and its client may have another one now. */
  onStreamEnded(): void {
    if (this.waiting.length > 0 && this.#connections.areShared) this.#serve();
  }

  /** Another endpoint is connected now: what waits for a slow one goes there. */
  release(): void {
    if (this.#dials.areSlow && this.waiting.length > 0) this.onSlow();
  }

  onConnected(connection: UpstreamConnection): void {
    this.#dials.ended(connection, true);
    this.#allowance.limit(connection);
    this.#connections.prefer(connection);
    this.#owner.onReachable(this, true);
    this.#serve();
    this.#leaveWhenServed();
  }

  onStalled(connection: UpstreamConnection): void {
    if (this.#dials.has(connection)) this.#dials.slow();
    else this.#loseCurrent(connection);
  }

  onCapacity(connection: UpstreamConnection): void {
    this.#connections.prefer(connection);
    if (this.waiting.length > 0) this.#serve();
    this.#leaveWhenServed();
  }

  onLeftOut(taken: number): void {
    this.#allowance.leftOut(taken);
  }

  onCrowded(connection: UpstreamConnection): void {
    this.#connections.leaves(connection);
    connection.drain();
    this.#loseCurrent(connection);
  }

  /** What took its only connection is no sign that the endpoint cannot be reached. */
  onDedicated(connection: UpstreamConnection): void {
    this.#connections.remove(connection);
    this.#believe();
    this.#dials.succeeded();
    this.#dials.forget(connection);
    this.#connections.preferOtherThan(connection);
    this.#owner.onDedicated(connection);
    if (this.waiting.length > 0) this.#serve();
    else if (!this.isConnected && this.#isWanted) this.connect();
  }

  onDraining(connection: UpstreamConnection): void {
    this.#connections.leaves(connection);
    if (connection.proof.isUnused && this.waiting.length === 0 && !this.#dials.areFailing) {
      // Peers end what is idle. What would be kept ready in its place would end likewise: the next request dials.
      this.#connections.preferOtherThan(connection);
      return;
    }
    const failure = connection.proof.isOpenQuestion ? null : this.#judge(connection);
    this.#loseCurrent(connection);
    this.#giveUpWhenLost(failure);
  }

  onClosed(connection: UpstreamConnection, failure: ConnectFailure | null): void {
    this.#connections.remove(connection);
    this.#owner.onConnectionsChanged();
    this.#dials.ended(connection, false);
    const lateFailure = connection.proof.isOpenQuestion ? this.#judge(connection) : null;
    if (connection.wasOpen) this.#loseCurrent(connection);
    else if (failure !== null && !this.#retired) this.#fail(connection, failure);
    if (this.#retired) this.#giveUpWhenLost(failure ?? REMOVED);
    else if (failure !== null) this.#giveUpWhenLost(failure);
    else if (this.waiting.length > 0) this.#serve();
    this.#giveUpWhenLost(lateFailure);
    this.#dials.forget(connection);
  }

  /** Others are tried for what waits, when there are others. */
  onSlow(): void {
    if (this.isConnected || !this.#owner.onSlow(this)) return;
    this.#owner.onReachable(this, false);
    this.#owner.onHeldUp(this.waiting);
  }

  /** A cluster that nobody uses is not dialled; the next request finds the endpoint as if it were new. */
  onDue(): void {
    if (this.waiting.length > 0) this.connect();
    else if (this.isConnected) return;
    else if (this.#isWanted) this.connect('upkeep');
    else this.#owner.onReachable(this, true);
  }

  #dial(): void {
    const connection = new UpstreamConnection(this.#owner, this, this.#environment);
    this.#dials.begin(connection);
    this.#connections.add(connection);
    this.#owner.onConnectionsChanged();
  }

  #loseCurrent(connection: UpstreamConnection): void {
    if (!this.#connections.isCurrent(connection)) return;
    this.#connections.preferOtherThan(connection);
    if (!this.isConnected && !this.#retired && this.#isWanted && !this.#environment.budget.isShort) this.warm();
  }

  #fail(connection: UpstreamConnection, failure: ConnectFailure): void {
    if (this.connections.some(other => other !== connection && other.proof.isProven)) this.#dials.succeeded();
    if (!this.isConnected || this.#connections.isCurrent(connection)) this.#owner.onReachable(this, false);
    this.#isDoubted = true;
    this.#owner.onConnectFailed(this, failure);
    this.#dials.failed(connection, failure);
    if (this.#retired) this.#dials.stop();
  }

  /** What its end says of the endpoint. */
  #judge(connection: UpstreamConnection): ConnectFailure | null {
    const failure = connection.proof.endFailure;
    if (connection.proof.isBelieved) this.#believe();
    if (failure === null) this.#dials.succeeded();
    else this.#fail(connection, failure);
    return failure;
  }

  #believe(): void {
    if (!this.#isDoubted) return;
    this.#isDoubted = false;
    this.#owner.onProven(this);
  }

  /** Nobody is left to serve what waits. */
  #giveUpWhenLost(failure: ConnectFailure | null): void {
    if (failure === null || this.isConnected || this.#dials.areUnderWay) return;
    if (this.waiting.length > 0) this.#owner.onUnserved(this.waiting.clear(), failure);
  }

  #leaveWhenServed(): void {
    if (!this.#retired || this.waiting.length > 0) return;
    this.#connections.drain();
  }

  #serve(): void {
    const { waiting } = this;
    for (let next = this.#connections.nextIn(waiting); next !== null; next = this.#connections.nextIn(waiting)) {
      const stream = this.#connections.openStream(next.request);
      if (stream === null) break;
      waiting.remove(next);
      this.#owner.onServed(next, stream);
    }
    if (waiting.length > 0) this.connect();
  }
}
