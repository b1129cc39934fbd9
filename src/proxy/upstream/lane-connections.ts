// SPDX-License-Identifier: Apache-2.0

import type { MessageStream } from '../../wire/index.ts';
import { hasShareLeft, LineShares, openToAll } from './client-share.ts';
import type { EndpointBudget } from './endpoint-budget.ts';
import type { UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamRequest } from './upstream-request.ts';
import type { WaitingLine, WaitingRequest } from './waiting-line.ts';

export interface LaneLimits {
  /** Those that are connecting included. */
  readonly maxConnections: number;
  /** Beside those, such as take no new streams and go on under their last ones. */
  readonly leavingBeside: number;
  /** Between two dials. */
  readonly dialSpacingMs: number;
  /** A lost connection is replaced before a request asks for it, while the cluster is in use. */
  readonly isKeptUp: boolean;
}

/**
 * The connections of one lane, and which of them the next stream is tried on first. O(1) per stream, amortised: a connection that had
 * no room is not asked again until it says that it has, and each open one is the current one, or set aside, or was asked in vain.
 */
export class LaneConnections {
  /** Those that are connecting or draining included. */
  readonly all: UpstreamConnection[] = [];
  /** Where the next stream is tried first; null: nothing is connected. */
  #current: UpstreamConnection | null = null;
  /** May have room: they were the current one until another one said that it has. */
  readonly #aside: UpstreamConnection[] = [];
  readonly #budget: EndpointBudget;
  readonly #most: number;
  readonly #openToAll: number;
  readonly #leavingBeside: number;
  /** How many take no new streams. */
  #leaving = 0;

  constructor({ maxConnections, leavingBeside }: LaneLimits, budget: EndpointBudget) {
    this.#budget = budget;
    this.#most = maxConnections;
    this.#leavingBeside = leavingBeside;
    this.#openToAll = openToAll(maxConnections);
  }

  /** One takes streams. */
  get hasOpen(): boolean {
    return this.#current !== null;
  }

  /** One is open, and its peer does not leave. */
  get hasUsable(): boolean {
    return this.all.some(({ state, messages }) => state === 'open' && messages?.isPeerLeaving === false);
  }

  /** There may be no more. */
  get areAll(): boolean {
    return this.#counted >= this.#most;
  }

  /** So many are there that a client may have its share of them. */
  get areShared(): boolean {
    return this.#counted > this.#openToAll;
  }

  /** None has room for requests of `client`, and no further one may be opened for them. */
  isFullFor(client: object | null): boolean {
    return this.hasOpen && (this.areAll || !this.mayServe(client));
  }

  /** `client` may have another one. */
  mayServe(client: object | null): boolean {
    return !this.areShared || hasShareLeft(client, this.#sharedOut(), this.#most);
  }

  /** The first of those in `line` whose client may have another one; null: nobody. */
  nextIn(line: WaitingLine): WaitingRequest | null {
    const { first } = line;
    if (first === null || this.mayServe(first.request.client)) return first;
    const shares = new LineShares(this.#sharedOut(), this.#most);
    return line.find(({ request }) => shares.hasLeft(request.client));
  }

  /** See `Lane.openStream`. */
  openStream(request: UpstreamRequest): MessageStream | null {
    const current = this.#current;
    if (current === null) return null;
    return current.openStream(request) ?? this.#openAside(request);
  }

  isCurrent(connection: UpstreamConnection): boolean {
    return this.#current === connection;
  }

  /** It has room: the next stream is tried on it first. */
  prefer(connection: UpstreamConnection): void {
    const before = this.#current;
    if (before !== null && before !== connection) this.#setAside(before);
    this.#current = connection;
  }

  /** It takes no more streams: another open one does from now on, if there is any. */
  preferOtherThan(connection: UpstreamConnection): void {
    if (!this.isCurrent(connection)) return;
    this.#current = this.all.find(other => other !== connection && other.state === 'open') ?? null;
  }

  /** None takes new streams, whatever its state. */
  preferNone(): void {
    this.#current = null;
  }

  /** Whether one may be begun; `add` must follow then. */
  mayAdd(): boolean {
    return this.#budget.take();
  }

  /** It takes no new streams from here on. */
  leaves(connection: UpstreamConnection): void {
    if (connection.isLeaving) return;
    connection.isLeaving = true;
    this.#leaving++;
  }

  add(connection: UpstreamConnection): void {
    this.all.push(connection);
  }

  remove(connection: UpstreamConnection): void {
    this.#budget.release();
    this.all.splice(this.all.indexOf(connection), 1);
    if (connection.isLeaving) this.#leaving--;
    if (connection.isAside) this.#aside.splice(this.#aside.indexOf(connection), 1);
  }

  /** Those that take no streams now may do so again. */
  reconsider(): void {
    for (const connection of this.all) if (connection.state === 'open') this.#setAside(connection);
  }

  drain(): void {
    this.#current = null;
    for (const connection of [...this.all]) {
      this.leaves(connection);
      connection.drain();
    }
  }

  /** As many as count to those that there may be. */
  get #counted(): number {
    return this.all.length - Math.min(this.#leaving, this.#leavingBeside);
  }

  /** Those that clients have their shares of. */
  #sharedOut(): readonly UpstreamConnection[] {
    return this.#leavingBeside === 0 ? this.all : this.all.filter(({ isLeaving }) => !isLeaving);
  }

  #setAside(connection: UpstreamConnection): void {
    if (connection.isAside) return;
    connection.isAside = true;
    this.#aside.push(connection);
  }

  #openAside(request: UpstreamRequest): MessageStream | null {
    for (let next = this.#aside.pop(); next !== undefined; next = this.#aside.pop()) {
      next.isAside = false;
      if (next.state !== 'open' || next === this.#current) continue;
      const stream = next.openStream(request);
      if (stream === null) continue;
      this.#current = next;
      return stream;
    }
    return null;
  }
}
