// SPDX-License-Identifier: Apache-2.0

import type { HeaderListPool } from '../head/header-list-pool.ts';
import type { Http2Limits } from './limits.ts';
import { CLOSED, type Http2Stream } from './stream.ts';

/** By how much all windows of a worker's streams may grow together. If all their endpoints stop reading at once, half its budget is left. */
const MAX_GROWN_BYTES = 33_554_432;
/** The same of one connection: half of what is held for one. */
const MAX_CONNECTION_GROWN_BYTES = 8_388_608;
/** Half a window in less time is fast enough. */
const FAST_MS = 4;
/** What takes half a window longer is not held up by windows: no round trip is that long. */
const SLOW_MS = 300;

/** What is looked at of a connection. */
interface GrowingConnection {
  readonly limits: Http2Limits;
  readonly nowMs: number;
  readonly growth: WindowGrowth | null;
  grownBytes: number;
}

/**
 * A window lets a peer send that much in each round trip: with 256 KiB a client 50 ms away uploads 5 MB/s, whatever its line. So the window
 * of a client's stream grows twofold as long as it is what holds the client up, and as nothing of the body waits for the endpoint.
 *
 * One per worker. Costs one look for each half window; what was grown is free again when its stream closes.
 */
export class WindowGrowth {
  #left = MAX_GROWN_BYTES;

  /** The one of the connections that share `lists`. */
  static of(lists: HeaderListPool): WindowGrowth {
    const known = lists.windows;
    if (known instanceof WindowGrowth) return known;
    const growth = new WindowGrowth();
    lists.windows = growth;
    return growth;
  }

  /** Half the window of `stream` was consumed: by how much it is larger from now on. */
  grow(connection: GrowingConnection, stream: Http2Stream): number {
    const now = Math.trunc(connection.nowMs);
    const tookMs = now - stream.returnedMs;
    stream.returnedMs = now;
    if (tookMs < FAST_MS || tookMs > SLOW_MS) return 0;
    const { streamWindowBytes, maxStreamWindowBytes } = connection.limits;
    const windowBytes = streamWindowBytes + stream.grownBytes;
    const waitingBytes = windowBytes - stream.receiveWindow - stream.returnable;
    const bytes = Math.min(windowBytes, maxStreamWindowBytes - windowBytes);
    const room = Math.min(this.#left, MAX_CONNECTION_GROWN_BYTES - connection.grownBytes);
    if (waitingBytes > windowBytes >> 3 || bytes <= 0 || bytes > room) return 0;
    this.#change(connection, bytes);
    stream.grownBytes += bytes;
    return bytes;
  }

  /** The stream closes, if it has not. */
  release(connection: GrowingConnection, stream: Http2Stream): void {
    if (stream.grownBytes > 0 && (stream.flags & CLOSED) === 0) this.#change(connection, -stream.grownBytes);
  }

  #change(connection: GrowingConnection, bytes: number): void {
    this.#left -= bytes;
    connection.grownBytes += bytes;
  }
}

/** What the peer of `stream` may be given back now: nothing until half its window was consumed. The books know it afterwards. */
export function takeCredit(connection: GrowingConnection, stream: Http2Stream): number {
  if (stream.returnable < (connection.limits.streamWindowBytes + stream.grownBytes) >> 1) return 0;
  const credit = stream.returnable + (connection.growth?.grow(connection, stream) ?? 0);
  stream.receiveWindow += credit;
  stream.returnable = 0;
  return credit;
}
