// SPDX-License-Identifier: Apache-2.0
import type { SocketLoop, WheelTimer } from '../io/index.ts';
import type { ConnectionBudget } from './connection-budget.ts';

/** While draining, a client that has connected has this long to say something: what it was about to send is served. */
const GRACE_MS = 2_000;

/** Sockets of a binding that have not said yet what they speak: the budget keeps them, this ends them when they must go. */
export class EarlySockets implements WheelTimer {
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  readonly #loop: SocketLoop;
  readonly #budget: ConnectionBudget;

  constructor(loop: SocketLoop, budget: ConnectionBudget) {
    this.#loop = loop;
    this.#budget = budget;
  }

  /** Those that stay silent are ended soon. `destroy` must follow. */
  drain(): void {
    this.#loop.connectionTimers.arm(this, this.#loop.nowMs + GRACE_MS);
  }

  destroy(): void {
    this.#loop.connectionTimers.disarm(this);
    this.#budget.destroyEarly(this);
  }

  onTimer(): void {
    this.#budget.destroyEarly(this);
  }
}
