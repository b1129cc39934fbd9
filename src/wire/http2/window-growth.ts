// SPDX-License-Identifier: Apache-2.0

import type { HeaderListPool } from '../head/header-list-pool.ts';
import type { GrownWindow } from '../message/window-account.ts';
import type { Http2Limits } from './limits.ts';
import { CLOSED, type Http2Stream } from './stream.ts';

/** By how much all windows of a worker's streams may grow together. If all their readers stop at once, half its budget is left. */
const MAX_GROWN_BYTES = 33_554_432;
/** The part of it that is for those who have grown least: where it is touched, those who have most give back. */
const SPARED_BYTES = MAX_GROWN_BYTES / 4;
/** By how much those may grow that one account is charged with, a client's connection: half of what is held for one. */
const MAX_ACCOUNT_GROWN_BYTES = 8_388_608;
/** Half a window in less time is fast enough. */
const FAST_MS = 4;
/** What takes half a window longer is not held up by windows: no round trip is that long. */
const SLOW_MS = 300;

/** What is looked at of a connection. */
interface GrowingConnection {
  readonly limits: Http2Limits;
  readonly nowMs: number;
  readonly growth: WindowGrowth;
}

/**
 * A window lets a peer send that much in each round trip: with 256 KiB a client 50 ms away uploads 5 MB/s, whatever its line, and no more
 * comes of an endpoint that is as far. So the window of a stream grows twofold as long as it is what holds the peer up, and as nothing of the
 * body waits for its reader. When many have grown, windows above the first doubling are halved again, for those who come later.
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

  /** Half the window of `stream` was consumed: by how much it is larger from now on. Negative: smaller, and by no more than was consumed. */
  grow(connection: GrowingConnection, stream: Http2Stream): number {
    const now = Math.trunc(connection.nowMs);
    const tookMs = now - stream.returnedMs;
    stream.returnedMs = now;
    const { streamWindowBytes, maxStreamWindowBytes } = connection.limits;
    const windowBytes = windowOf(connection, stream);
    if (this.#left < SPARED_BYTES && windowBytes > 2 * streamWindowBytes)
      return this.#change(stream, -(windowBytes >> 1));
    if (tookMs < FAST_MS || tookMs > SLOW_MS) return 0;
    const waitingBytes = windowBytes - stream.receiveWindow - stream.returnable;
    const bytes = Math.min(windowBytes, maxStreamWindowBytes - windowBytes);
    if (waitingBytes > windowBytes >> 3 || bytes <= 0) return 0;
    const spared = windowBytes > streamWindowBytes ? SPARED_BYTES : 0;
    return bytes > this.#left - spared ? 0 : this.#change(stream, bytes);
  }

  /** A stream that has grown closes, if it has not. */
  release(stream: Http2Stream, grown: GrownWindow): void {
    if ((stream.flags & CLOSED) === 0) this.#change(stream, -grown.bytes);
  }

  #change(stream: Http2Stream, bytes: number): number {
    const account = stream.grown?.account ?? stream.events.windows;
    if (account === undefined || account.grownBytes + bytes > MAX_ACCOUNT_GROWN_BYTES) return 0;
    stream.grown ??= { account, bytes: 0 };
    stream.grown.bytes += bytes;
    account.grownBytes += bytes;
    this.#left -= bytes;
    return bytes;
  }
}

function windowOf(connection: GrowingConnection, stream: Http2Stream): number {
  const { grown } = stream;
  const { streamWindowBytes } = connection.limits;
  return grown === null ? streamWindowBytes : streamWindowBytes + grown.bytes;
}

/** What the peer of `stream` may be given back now: nothing until half its window was consumed. The books know it afterwards. */
export function takeCredit(connection: GrowingConnection, stream: Http2Stream): number {
  if (stream.returnable < windowOf(connection, stream) >> 1) return 0;
  const credit = stream.returnable + connection.growth.grow(connection, stream);
  stream.receiveWindow += credit;
  stream.returnable = 0;
  return credit;
}
