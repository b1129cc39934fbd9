// SPDX-License-Identifier: Apache-2.0

import type { Clock, Timer } from './index.ts';
import { until } from './until.test-support.ts';

/** With each turn of the event loop that a test waits. */
const HASTE_MS = 50;

interface Entry {
  readonly atMs: number;
  readonly run: () => void;
  readonly timeout: NodeJS.Timeout;
}

/** A clock that runs as the machine's does, for the file system's events do, and skips what a test need not wait for. */
export class SkippingClock implements Clock {
  readonly #entries = new Set<Entry>();
  #skippedMs = 0;

  nowMs(): number {
    return performance.now() + this.#skippedMs;
  }

  /** Of the machine, without what was skipped: files' times are told by it. */
  wallMs(): number {
    return Date.now();
  }

  after(delayMs: number, run: () => void): Timer {
    const entry: Entry = {
      atMs: this.nowMs() + delayMs,
      run,
      timeout: setTimeout(() => this.#run(entry), delayMs).unref(),
    };
    this.#entries.add(entry);
    return { cancel: () => this.#cancel(entry) };
  }

  /** Moves time on and runs what is due then. */
  skip(ms: number): void {
    this.#skippedMs += ms;
    const nowMs = this.nowMs();
    for (const entry of [...this.#entries].sort((a, b) => a.atMs - b.atMs)) {
      if (entry.atMs <= nowMs && this.#entries.has(entry)) this.#run(entry);
    }
  }

  /** As `until`; time passes faster meanwhile, so that no rest and no backoff is waited for. */
  until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    return until(isSo, () => this.skip(HASTE_MS));
  }

  /** What a promise gives; time passes faster until it does. */
  async hasten<T>(awaited: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = awaited.finally(() => {
      isSettled = true;
    });
    await this.until(() => isSettled);
    return settled;
  }

  #run(entry: Entry): void {
    this.#cancel(entry);
    entry.run();
  }

  #cancel(entry: Entry): void {
    clearTimeout(entry.timeout);
    this.#entries.delete(entry);
  }
}
