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

/** With no more connections than this of `most`, each client has a share left. */
export function openToAll(most: number): number {
  return Math.floor((most * TIMES_WHAT_IS_LEFT) / (TIMES_WHAT_IS_LEFT + 1));
}
