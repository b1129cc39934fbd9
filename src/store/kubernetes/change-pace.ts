// SPDX-License-Identifier: Apache-2.0

import type { Clock, Timer } from '../../time/index.ts';

/** Changes that come within this of the last ones are told of together; a single one is told at once. Each time costs more than a change does. */
const CHANGE_GAP_MS = 75;

/** When changes are told of. Owns a timer; `stop` ends it. */
export class ChangePace {
  readonly #clock: Clock;
  readonly #tell: () => void;
  #due: Timer | null = null;
  #toldMs = Number.NEGATIVE_INFINITY;

  /** `tell`: of all changes until now. Never in the midst of one. */
  constructor(clock: Clock, tell: () => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  changed(): void {
    if (this.#due !== null) return;
    const sinceMs = this.#clock.nowMs() - this.#toldMs;
    this.#due = this.#clock.after(Math.max(0, CHANGE_GAP_MS - sinceMs), () => {
      this.#due = null;
      this.#toldMs = this.#clock.nowMs();
      this.#tell();
    });
  }

  /** What is due is not told. */
  stop(): void {
    this.#due?.cancel();
  }
}
