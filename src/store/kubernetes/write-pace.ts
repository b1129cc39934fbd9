// SPDX-License-Identifier: Apache-2.0

/** How fast a queue writes. */
export interface WritePace {
  readonly perSecond: number;
  /** So many may come together after a rest. */
  readonly burst: number;
  readonly atOnce: number;
}

/**
 * 2,000 new routes are told in five seconds, and an API server with one core has time for others; so many at once hide the time
 * that one write takes.
 */
export const WRITE_PACE: WritePace = { perSecond: 400, burst: 100, atOnce: 10 };
/** Events are for people: what comes faster than this, nobody reads. */
export const EVENT_PACE: WritePace = { perSecond: 2, burst: 50, atOnce: 1 };
