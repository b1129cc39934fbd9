// SPDX-License-Identifier: Apache-2.0

import type { ClusterPool, RetryReason } from '../upstream/index.ts';
import { type AttemptOwner, UpstreamAttempt } from './upstream-attempt.ts';

/** Further tries of requests that no endpoint has looked at; as many as gRPC clients make by default. */
const MAX_MOVES = 2;
/** The same of requests that endpoints left out as they left, each of which costs a new connection; as many as the client of Go's net/http makes. */
const MAX_LEFT_OUT = 6;

/** The tries of one request: the one under way, and how many there were. */
export class Attempts {
  /** The last one; null: none yet. It knows whether it is over. */
  current: UpstreamAttempt | null = null;
  /** All of them. */
  count = 0;
  /** How long they waited for connections, in whole milliseconds. */
  waitedMs = 0;
  /** Those that followed one that no endpoint had looked at. */
  moves = 0;
  /** Those that the rule allowed. */
  retries = 0;
  /** Why the next one is made, while a pause stands before it; null: there is no pause. */
  pausedFor: RetryReason | null = null;
  readonly #owner: AttemptOwner;

  constructor(owner: AttemptOwner) {
    this.#owner = owner;
  }

  /** `isLeftOut`: the endpoint of the one before said that it leaves, and took others. */
  mayMove(isLeftOut: boolean): boolean {
    return this.moves < (isLeftOut ? MAX_LEFT_OUT : MAX_MOVES);
  }

  /** Asks `cluster` for a stream; the owner is called back, perhaps before this returns. */
  open(cluster: ClusterPool, hash: number, pinned: string | null): void {
    const attempt = new UpstreamAttempt(this.#owner, cluster, hash, pinned);
    this.current?.abandon('ok');
    this.current = attempt;
    this.count++;
    cluster.open(attempt);
  }

  /** No endpoint was there, or too many wait: the first try that nobody waited for is none. */
  turnedAway(): void {
    if (this.count === 1 && this.waitedMs === 0) this.count = 0;
  }

  /** The try under way has its stream or will get none, after so many whole milliseconds; most have it at once. */
  waited(waitedMs: number): void {
    if (waitedMs <= 0 || this.current === null) return;
    this.waitedMs += waitedMs;
    this.current.cluster.waited(waitedMs);
  }
}
