// SPDX-License-Identifier: Apache-2.0

import type { MessageConnection } from '../../wire/index.ts';

/** A connection without streams is closed after this. Long: a new one costs its first request a round trip. */
const IDLE_CLOSE_MS = 300_000;
/** While connections are short. Often enough in use, it is worth its descriptor. */
const SHORT_IDLE_MS = 1_000;

/** How long a connection has had no streams. Asked about once a second; costs requests nothing. */
export class IdleTime {
  #busyAtMs: number;
  /** As of the last time that it was asked. */
  #endedStreams = 0;

  constructor(nowMs: number) {
    this.#busyAtMs = nowMs;
  }

  /** It takes streams from now on. */
  begin(nowMs: number): void {
    this.#busyAtMs = nowMs;
  }

  /** No stream is open, and none was for as long as we, or the peer, allow. `isShort`: others wait for a connection. */
  isOver(messages: MessageConnection, nowMs: number, isShort: boolean): boolean {
    const { idleLimitMs, liveStreams, endedStreams } = messages;
    // Of seconds it matters whether it was busy in between.
    const wasBusy = (idleLimitMs !== null || isShort) && endedStreams !== this.#endedStreams;
    this.#endedStreams = endedStreams;
    if (liveStreams > 0 || wasBusy) this.#busyAtMs = nowMs;
    const ownLimitMs = isShort ? SHORT_IDLE_MS : IDLE_CLOSE_MS;
    return liveStreams === 0 && nowMs - this.#busyAtMs >= Math.min(idleLimitMs ?? ownLimitMs, ownLimitMs);
  }
}
