// SPDX-License-Identifier: Apache-2.0

/** Calls that a client may leave unfinished before it is looked at: users cancel, deadlines pass. */
const FORGIVEN = 16;
/** From this share of its calls on a client is restless: one in so many. */
const ONE_IN = 4;
/** After this the past counts half. */
const HALF_LIFE_MS = 10_000;

/**
 * How many calls of one connection were left unfinished, beside those that ended. Opening a stream and taking it back costs a
 * client two small frames; its endpoint, and everybody who shares a connection to it, much more. O(1), no timer.
 */
export class UnfinishedCalls {
  /** Many of the calls lately. Read for each request. */
  isRestless = false;
  #unfinished = 0;
  #ended = 0;
  #sinceMs: number;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  /** A call ended, unfinished ones included. */
  ended(nowMs: number): void {
    this.#ended++;
    if (this.#unfinished > 0) this.#judge(nowMs);
  }

  unfinished(): void {
    this.#unfinished++;
  }

  #judge(nowMs: number): void {
    if (nowMs - this.#sinceMs >= HALF_LIFE_MS) {
      const halves = Math.floor((nowMs - this.#sinceMs) / HALF_LIFE_MS);
      this.#sinceMs += halves * HALF_LIFE_MS;
      this.#unfinished = Math.floor(this.#unfinished / 2 ** halves);
      this.#ended = Math.floor(this.#ended / 2 ** halves);
    }
    this.isRestless = this.#unfinished > FORGIVEN && this.#unfinished * ONE_IN > this.#ended;
  }
}
