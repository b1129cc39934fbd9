// SPDX-License-Identifier: Apache-2.0

import type { Clock, Timer } from '../time/index.ts';

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands still until a test moves it. */
export class VirtualClock implements Clock {
  /** What the wall clock is ahead of the other. */
  #wallOffsetMs: number;
  #nowMs = 0;
  #order = 0;
  readonly #entries = new Set<Entry>();

  /** `startedAtMs`: its wall clock at the beginning. */
  constructor(startedAtMs = 1_800_000_000_000) {
    this.#wallOffsetMs = startedAtMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallOffsetMs + this.#nowMs;
  }

  /** Somebody sets the wall clock; timers do not care. */
  setWall(wallMs: number): void {
    this.#wallOffsetMs = wallMs - this.#nowMs;
  }

  after(delayMs: number, run: () => void): Timer {
    this.#order += 1;
    const entry = { atMs: this.#nowMs + delayMs, order: this.#order, run };
    this.#entries.add(entry);
    return { cancel: () => void this.#entries.delete(entry) };
  }

  /** Timers that wait: a test's check that nothing was left behind. */
  get pending(): number {
    return this.#entries.size;
  }

  /** Moves time on and runs what is due, in order of time; what that starts runs too when it is due. */
  advance(ms: number): void {
    const end = this.#nowMs + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#entries.delete(next);
      this.#nowMs = next.atMs;
      next.run();
    }
    this.#nowMs = end;
  }

  #next(endMs: number): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.#entries) {
      if (entry.atMs > endMs) continue;
      if (first === undefined || entry.atMs < first.atMs || (entry.atMs === first.atMs && entry.order < first.order)) {
        first = entry;
      }
    }
    return first;
  }
}
