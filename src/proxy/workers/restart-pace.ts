// SPDX-License-Identifier: Apache-2.0

/** A thread that ended by itself is replaced after this, doubled each time in a row … */
const FIRST_RESTART_MS = 50;
/** … up to this … */
const MAX_RESTART_MS = 5_000;
/** … and from the beginning when it lasted this long. */
const STABLE_AFTER_MS = 60_000;

/** How soon threads of one place follow each other. Times are of a monotonic clock. */
export class RestartPace {
  #restarts = 0;
  #beganAtMs = 0;

  began(nowMs: number): void {
    this.#beganAtMs = nowMs;
  }

  /** The last one ended: how long to wait before the next. */
  ended(nowMs: number): number {
    if (nowMs - this.#beganAtMs >= STABLE_AFTER_MS) this.#restarts = 0;
    const waitMs = Math.min(MAX_RESTART_MS, FIRST_RESTART_MS * 2 ** this.#restarts);
    this.#restarts += 1;
    return waitMs;
  }
}
