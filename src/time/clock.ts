// SPDX-License-Identifier: Apache-2.0

/** Time as the program sees it, so that tests own it. */
export interface Clock {
  /** Monotonic milliseconds; only differences mean anything. */
  nowMs(): number;
  /** Milliseconds since 1970, as the machine has them: for what outlives the process or is read by people. May jump. */
  wallMs(): number;
  /** Runs `run` once, not before `delayMs` have passed. Whoever starts a timer cancels it. Never keeps the process alive. */
  after(delayMs: number, run: () => void): Timer;
}

export interface Timer {
  /** No effect when it ran or was cancelled before. */
  cancel(): void;
}
