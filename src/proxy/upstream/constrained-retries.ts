// SPDX-License-Identifier: Apache-2.0

import type { RetryConstraint } from '../../snapshot/index.ts';
import type { RetryBudget } from './retry-budget.ts';
import { SlidingCount } from './sliding-count.ts';

/** The budget that a policy gives a cluster: a share of the requests of an interval, and a least rate beside it. */
export class ConstrainedRetries implements RetryBudget {
  readonly isStrict = true;
  readonly #constraint: RetryConstraint;
  readonly #requests: SlidingCount;
  readonly #retries: SlidingCount;
  readonly #leastRetries: SlidingCount;

  constructor(constraint: RetryConstraint) {
    this.#constraint = constraint;
    this.#requests = new SlidingCount(constraint.intervalMs);
    this.#retries = new SlidingCount(constraint.intervalMs);
    this.#leastRetries = new SlidingCount(constraint.minIntervalMs);
  }

  deposit(nowMs: number): void {
    this.#requests.add(nowMs);
  }

  withdraw(nowMs: number): boolean {
    const { percent, minRetries } = this.#constraint;
    const isWithinShare = (this.#retries.total(nowMs) + 1) * 100 <= this.#requests.total(nowMs) * percent;
    if (!isWithinShare && this.#leastRetries.total(nowMs) >= minRetries) return false;
    this.#retries.add(nowMs);
    this.#leastRetries.add(nowMs);
    return true;
  }
}
