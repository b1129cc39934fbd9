// SPDX-License-Identifier: Apache-2.0

import type { Caller } from './callers.ts';

/** Messages of failures that are kept word for word. */
const MAX_KEPT = 20;
/** Latencies of the last calls, for percentiles. */
const MAX_LATENCIES = 100_000;

/** How calls ended. */
export interface Tally {
  readonly name: string;
  answered: number;
  failed: number;
  /** The first ones, with when they came. */
  readonly failures: string[];
}

/**
 * Calls at a steady rate, whether or not those before were answered (open loop): a gateway that stalls is asked all the same. Owns its
 * timers; the callers are closed with it.
 */
export class SteadyLoad {
  readonly tallies: readonly Tally[];
  readonly #callers: readonly Caller[];
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #running = new Set<Promise<void>>();
  #latencies: number[] = [];
  #longestPauseMs = 0;
  /** When the last call was answered, or the first one begun of those that wait now. */
  #quietSinceMs = 0;
  readonly #startedMs = performance.now();

  /** `perSecond`: of each caller. */
  constructor(callers: readonly Caller[], perSecond: number) {
    this.#callers = callers;
    this.tallies = callers.map(({ name }) => ({ name, answered: 0, failed: 0, failures: [] }));
    callers.forEach((caller, at) => {
      const tally = this.tallies[at];
      if (tally !== undefined) this.#start(caller, tally, perSecond);
    });
  }

  get answered(): number {
    return this.tallies.reduce((sum, one) => sum + one.answered, 0);
  }

  /** Calls that were sent again. */
  get again(): number {
    return this.#callers.reduce((sum, one) => sum + one.again, 0);
  }

  get failed(): number {
    return this.tallies.reduce((sum, one) => sum + one.failed, 0);
  }

  /** Milliseconds that so large a share of the calls since the last `forgetLatencies` took at most. */
  percentile(share: number): number {
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  }

  /** The longest time in which calls waited and none was answered, since the last `forgetLatencies`, in milliseconds. */
  get longestPauseMs(): number {
    return this.#longestPauseMs;
  }

  forgetLatencies(): void {
    this.#latencies = [];
    this.#longestPauseMs = 0;
  }

  /** Resolves when every call that was begun has ended. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#running);
    for (const caller of this.#callers) caller.close();
  }

  #start(caller: Caller, tally: Tally, perSecond: number): void {
    let due = 0;
    const startedMs = performance.now();
    // As many as are due by now: timers come late on a busy machine.
    const tick = (): void => {
      const wanted = ((performance.now() - startedMs) / 1_000) * perSecond;
      for (; due < wanted; due++) this.#call(caller, tally);
    };
    this.#timers.push(setInterval(tick, Math.max(5, 1_000 / perSecond)));
  }

  #call(caller: Caller, tally: Tally): void {
    const beganMs = performance.now();
    if (this.#running.size === 0) this.#quietSinceMs = beganMs;
    const running = caller.call().then(failure => {
      this.#running.delete(running);
      const nowMs = performance.now();
      if (this.#latencies.length < MAX_LATENCIES) this.#latencies.push(nowMs - beganMs);
      this.#longestPauseMs = Math.max(this.#longestPauseMs, nowMs - this.#quietSinceMs);
      this.#quietSinceMs = nowMs;
      if (failure === null) {
        tally.answered++;
        return;
      }
      tally.failed++;
      const atSeconds = ((performance.now() - this.#startedMs) / 1_000).toFixed(1);
      if (tally.failures.length < MAX_KEPT) tally.failures.push(`at ${atSeconds} s: ${failure}`);
    });
    this.#running.add(running);
  }
}
