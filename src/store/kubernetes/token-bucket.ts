// SPDX-License-Identifier: Apache-2.0

import type { Clock } from '../../time/index.ts';

/** Paces requests: `burst` at once, `perSecond` in the long run. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #atMs: number;

  constructor(clock: Clock, { perSecond, burst }: { readonly perSecond: number; readonly burst: number }) {
    this.#clock = clock;
    this.#perMs = perSecond / 1_000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#atMs = clock.nowMs();
  }

  /** Takes one and returns 0, or returns the milliseconds until there is one. */
  take(): number {
    const nowMs = this.#clock.nowMs();
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
    // A whole token but for what rounding took.
    if (this.#tokens < 0.999) return Math.ceil((1 - this.#tokens) / this.#perMs);
    this.#tokens = Math.max(0, this.#tokens - 1);
    return 0;
  }
}
