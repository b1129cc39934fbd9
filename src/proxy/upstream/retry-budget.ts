// SPDX-License-Identifier: Apache-2.0

/** What one worker may spend on trying requests of a cluster again. Times are monotonic. O(1), nothing is allocated. */
export interface RetryBudget {
  /** What is not tried again for want of it is answered with 503; else the client gets the answer that came. */
  readonly isStrict: boolean;
  /** A request begins; where it is not strict, one that a rule might try again. */
  deposit(nowMs: number): void;
  /** True: one more try, which is paid now. */
  withdraw(nowMs: number): boolean;
}
