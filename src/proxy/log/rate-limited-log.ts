// SPDX-License-Identifier: Apache-2.0

import type { Clock } from '../../time/index.ts';
import type { Log } from './log.ts';

/** Lines of one kind per interval; what a peer can cause must not fill a disk. */
const LINES_PER_INTERVAL = 10;
const INTERVAL_MS = 10_000;
/** Kinds that are told apart. More of them share one budget. */
const MAX_KINDS = 1_000;

interface Budget {
  startMs: number;
  lines: number;
  suppressed: number;
}

/**
 * Lets ten warnings of one kind through in ten seconds; the next one that passes tells how many were left out.
 */
export class RateLimitedLog {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #budgets = new Map<string, Budget>();

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** `kind`: what is counted together; made of names of the configuration, never of a peer's words. */
  warn(kind: string, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const suppressed = this.#pass(kind);
    if (suppressed === null) return;
    this.#log.warn(message, suppressed === 0 ? fields : { ...fields, suppressed });
  }

  /** As `warn`, for good news; it shares the budget of its kind. */
  info(kind: string, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const suppressed = this.#pass(kind);
    if (suppressed === null) return;
    this.#log.info(message, suppressed === 0 ? fields : { ...fields, suppressed });
  }

  /** How many lines were left out before this one; null: leave this one out too. */
  #pass(kind: string): number | null {
    const nowMs = this.#clock.nowMs();
    const counted = this.#budgets.has(kind) || this.#budgets.size < MAX_KINDS ? kind : '';
    const budget = this.#budgets.get(counted);
    if (budget === undefined) {
      this.#budgets.set(counted, { startMs: nowMs, lines: 1, suppressed: 0 });
      return 0;
    }
    if (nowMs - budget.startMs >= INTERVAL_MS) {
      budget.startMs = nowMs;
      budget.lines = 0;
    }
    if (budget.lines >= LINES_PER_INTERVAL) {
      budget.suppressed += 1;
      return null;
    }
    budget.lines += 1;
    const { suppressed } = budget;
    budget.suppressed = 0;
    return suppressed;
  }
}
