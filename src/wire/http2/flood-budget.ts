// SPDX-License-Identifier: Apache-2.0

import type { Http2Limits } from './limits.ts';

/** What is counted; index into the counters. */
export const PINGS = 0;
export const SETTINGS_FRAMES = 1;
export const RESETS = 2;
export const EMPTY_DATA = 3;
export const WINDOW_UPDATES = 4;
export const IGNORED = 5;

/** Streams that end well for each further reset: a peer cannot earn them with a like number of cheap calls. */
const ENDED_PER_RESET = 4;

/**
 * Counts frames that cost us something and the peer nothing, per interval. Traffic that does useful work earns its peer
 * more of them (`dataFrames`, `endedStreams`), so that a busy connection is never taken for a flood. O(1), no clock.
 */
export class FloodBudget {
  /** Since the interval began; counted by the connection. */
  dataFrames = 0;
  endedStreams = 0;
  readonly #limits: Http2Limits;
  #counts: number[] | null = null;
  #intervalStart = 0;

  constructor(limits: Http2Limits) {
    this.#limits = limits;
  }

  /** Counts one; false when the budget of its kind is overdrawn. */
  spend(kind: number, nowMs: number): boolean {
    this.#counts ??= [0, 0, 0, 0, 0, 0];
    if (nowMs - this.#intervalStart >= this.#limits.budgetIntervalMs) {
      this.#counts.fill(0);
      this.#intervalStart = nowMs;
      this.dataFrames = 0;
      this.endedStreams = 0;
    }
    const count = (this.#counts[kind] ?? 0) + 1;
    this.#counts[kind] = count;
    return count <= this.#allowed(kind);
  }

  #allowed(kind: number): number {
    const limits = this.#limits;
    switch (kind) {
      case PINGS:
        return limits.maxPings + this.dataFrames;
      case SETTINGS_FRAMES:
        return limits.maxSettings;
      case RESETS:
        return limits.maxResets + Math.floor(this.endedStreams / ENDED_PER_RESET);
      case EMPTY_DATA:
        return limits.maxEmptyData + this.dataFrames + this.endedStreams;
      case WINDOW_UPDATES:
        return limits.maxWindowUpdates + 10 * (this.dataFrames + this.endedStreams);
      default:
        return limits.maxIgnored + this.endedStreams;
    }
  }
}
