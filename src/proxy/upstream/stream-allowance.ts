// SPDX-License-Identifier: Apache-2.0

import type { UpstreamConnection } from './upstream-connection.ts';

/** An endpoint that took this many streams on one connection is not thought to allow only so many. */
const MANY_STREAMS = 1_000;

/**
 * How many streams a connection to an endpoint is trusted with until they are over: any number, unless peers that ended theirs left some out
 * after the same number twice. A server that ends each connection after a count would else refuse what came behind it, again
 * and again. Doubled whenever connections did all they were trusted with and are still there.
 */
export class StreamAllowance {
  #streams = Number.POSITIVE_INFINITY;
  #lastTaken = -1;

  get isLimited(): boolean {
    return Number.isFinite(this.#streams);
  }

  /** A peer that leaves left streams out, and took this many. */
  leftOut(taken: number): void {
    if (taken === this.#lastTaken) this.#streams = Math.max(1, taken);
    this.#lastTaken = taken;
  }

  /** Holds a connection that takes streams now to it. */
  limit({ messages }: UpstreamConnection): void {
    if (this.isLimited) messages?.allowStreams(this.#streams);
  }

  /** Trusts those of `connections` that are done with what they were trusted with; true when there are such. */
  trustMore(connections: readonly UpstreamConnection[]): boolean {
    if (!this.isLimited) return false;
    const done = connections.filter(
      ({ state, messages }) =>
        state === 'open' && messages !== null && !messages.isUsable && messages.activeStreams === 0,
    );
    if (done.length === 0) return false;
    this.#streams = this.#streams * 2 > MANY_STREAMS ? Number.POSITIVE_INFINITY : this.#streams * 2;
    for (const { messages } of done) messages?.allowStreams(this.#streams);
    return true;
  }
}
