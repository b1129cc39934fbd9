// SPDX-License-Identifier: Apache-2.0

import type { Clock, Timer } from '../../time/index.ts';

/** Reminds of files in which something is missing, when that has lasted long enough. Owns one timer; `close` ends it. */
export class Settling {
  readonly #clock: Clock;
  readonly #onDue: (paths: ReadonlySet<string>) => void;
  /** When each is due. */
  readonly #dueMs = new Map<string, number>();
  #timer: Timer | undefined;

  constructor(clock: Clock, onDue: (paths: ReadonlySet<string>) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Sets when a file is due; undefined: nothing is missing in it. */
  set(path: string, dueMs: number | undefined): void {
    if (this.#dueMs.get(path) === dueMs) return;
    if (dueMs === undefined) this.#dueMs.delete(path);
    else this.#dueMs.set(path, dueMs);
    this.#arm();
  }

  close(): void {
    this.#timer?.cancel();
    this.#dueMs.clear();
  }

  #arm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#dueMs.size === 0) return;
    const nextMs = Math.min(...this.#dueMs.values());
    this.#timer = this.#clock.after(Math.max(0, nextMs - this.#clock.nowMs()), () => this.#report());
  }

  #report(): void {
    const nowMs = this.#clock.nowMs();
    const due = new Set([...this.#dueMs].filter(([, atMs]) => atMs <= nowMs).map(([path]) => path));
    for (const path of due) this.#dueMs.delete(path);
    this.#arm();
    if (due.size > 0) this.#onDue(due);
  }
}
