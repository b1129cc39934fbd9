// SPDX-License-Identifier: Apache-2.0

import type { Http2Limits } from './limits.ts';
import { ABANDONED, CLOSED, HEAD_RECEIVED, type Http2Stream } from './stream.ts';

/** Where the time is read. Milliseconds, any monotonic clock. */
export interface TimeSource {
  readonly nowMs: number;
}

/**
 * Decides when a client's RST_STREAM goes out (client role). Servers end connections for rapid resets, and with it the streams of
 * everybody who shares the connection, so the resets of one connection are a token bucket below the limits of the servers
 * that we know:
 *
 * - Netty: 200 in 30 s; Jetty: 128 frames a second; nghttp2 (Node): 1,000 and 33 a second.
 * - Rust's h2: 20 streams reset before the application took them, hence no stream is reset right after its head went out.
 * - Envoy: 250 streams reset within a second of their start, when they are half of all: see `isCrowded`.
 *
 * A stream without a token is *abandoned*: it counts against the peer's limit, what comes on it is dropped and its window stays
 * shut, until it ends by itself or there is a token. The bound is the peer's stream limit, and `isCrowded` tells the owner long
 * before. O(1) per reset and, for a stream that was never reset, nothing.
 */
export class ResetPacer {
  readonly #limits: Http2Limits;
  readonly #time: TimeSource;
  readonly #held = new Map<Http2Stream, number>();
  #tokens: number;
  #filledMs: number;
  #sent = 0;

  constructor(limits: Http2Limits, time: TimeSource) {
    this.#limits = limits;
    this.#time = time;
    this.#tokens = limits.resetBurst;
    this.#filledMs = time.nowMs;
  }

  /** Streams that are abandoned. */
  get held(): number {
    return this.#held.size;
  }

  /** So many are abandoned, or were reset, that new streams should go to another connection. */
  isCrowded(endedStreams: number): boolean {
    const { maxAbandoned, resetsToWearOut } = this.#limits;
    return this.#held.size >= maxAbandoned || (this.#sent >= resetsToWearOut && this.#sent * 3 >= endedStreams);
  }

  /** True: send RST_STREAM now. False: the stream is held back with its code. */
  mayReset(stream: Http2Stream, errorCode: number): boolean {
    if ((stream.flags & ABANDONED) === 0 && this.#isRipe(stream) && this.#take()) return true;
    if ((stream.flags & ABANDONED) === 0) this.#held.set(stream, errorCode);
    return false;
  }

  /** A held stream was closed. */
  forget(stream: Http2Stream): void {
    this.#held.delete(stream);
  }

  /** Calls `send` for each stream whose turn it is. */
  release(send: (stream: Http2Stream, errorCode: number) => void): void {
    for (const [stream, errorCode] of this.#held) {
      if (!this.#isRipe(stream)) continue;
      if (!this.#take()) return;
      this.#held.delete(stream);
      if ((stream.flags & CLOSED) === 0) send(stream, errorCode);
    }
  }

  /** Its server has had the time to take it in. */
  #isRipe(stream: Http2Stream): boolean {
    return (stream.flags & HEAD_RECEIVED) !== 0 || this.#time.nowMs - stream.openedMs >= this.#limits.resetAfterMs;
  }

  #take(): boolean {
    const { resetBurst, resetsPerSecond } = this.#limits;
    const { nowMs } = this.#time;
    this.#tokens = Math.min(resetBurst, this.#tokens + ((nowMs - this.#filledMs) * resetsPerSecond) / 1000);
    this.#filledMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    this.#sent += 1;
    return true;
  }
}
