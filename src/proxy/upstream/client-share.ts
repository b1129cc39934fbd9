// SPDX-License-Identifier: Apache-2.0

import type { UpstreamConnection } from './upstream-connection.ts';

/** A client may have this many times as many connections as are left for others. Alone, that is four fifths of them. */
const TIMES_WHAT_IS_LEFT = 4;

/**
 * Whether `client` may have one more of the `most` connections that a lane may have, each of which takes one request at a time. Long
 * calls of some would else hold up all others: the more is taken, the less those may have who have many. O(connections): ask
 * only when most are taken, for until then each client may.
 */
export function hasShareLeft(client: object | null, connections: readonly UpstreamConnection[], most: number): boolean {
  if (client === null) return true;
  let held = 0;
  let busy = 0;
  for (const connection of connections) {
    if (connection.liveStreams === 0) continue;
    busy += 1;
    if (connection.client === client) held += 1;
  }
  return held < TIMES_WHAT_IS_LEFT * (most - busy);
}

/**
 * The same for all who stand in a line, at one moment. O(connections) for all of them together, whoever they are: where nothing is left,
 * or each has much, a look through the connections for each of a thousand clients would take ten milliseconds.
 */
export class LineShares {
  readonly #connections: readonly UpstreamConnection[];
  readonly #left: number;
  /** By client; null: nobody asked. */
  #held: Map<object | null, number> | null = null;

  constructor(connections: readonly UpstreamConnection[], most: number) {
    this.#connections = connections;
    let left = most;
    for (const connection of connections) if (connection.liveStreams > 0) left -= 1;
    this.#left = left;
  }

  hasLeft(client: object | null): boolean {
    if (client === null || this.#left <= 0) return client === null;
    this.#held ??= this.#count();
    return (this.#held.get(client) ?? 0) < TIMES_WHAT_IS_LEFT * this.#left;
  }

  #count(): Map<object | null, number> {
    const held = new Map<object | null, number>();
    for (const { client, liveStreams } of this.#connections)
      if (liveStreams > 0) held.set(client, (held.get(client) ?? 0) + 1);
    return held;
  }
}

/** With no more connections than this of `most`, each client has a share left. */
export function openToAll(most: number): number {
  return Math.floor((most * TIMES_WHAT_IS_LEFT) / (TIMES_WHAT_IS_LEFT + 1));
}
