// SPDX-License-Identifier: Apache-2.0

import type { Clock } from '../../time/index.ts';

/** The time as `date` has it (RFC 9110 §5.6.7), made once a second. */
export class HttpDate {
  readonly #clock: Clock;
  #text = '';
  /** Of the monotonic clock: when the text is over. */
  #untilMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** For who has no cheaper time at hand. */
  now(): string {
    return this.text(this.#clock.nowMs());
  }

  /** `nowMs`: monotonic. */
  text(nowMs: number): string {
    if (nowMs >= this.#untilMs) {
      const wallMs = this.#clock.wallMs();
      this.#text = new Date(wallMs).toUTCString();
      this.#untilMs = nowMs + 1_000 - (wallMs % 1_000);
    }
    return this.#text;
  }
}
