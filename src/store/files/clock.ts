// SPDX-License-Identifier: Apache-2.0

/** Time as the file store sees it, so that tests own it. */
export interface Clock {
  /** Monotonic milliseconds; only differences mean anything. */
  nowMs(): number;
  /** Runs `run` once, not before `delayMs` have passed. Whoever starts a timer cancels it. Never keeps the process alive. */
  after(delayMs: number, run: () => void): Timer;
}

export interface Timer {
  /** No effect when it ran or was cancelled before. */
  cancel(): void;
}

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, run) {
    const timeout = setTimeout(run, delayMs).unref();
    return { cancel: () => clearTimeout(timeout) };
  },
};
