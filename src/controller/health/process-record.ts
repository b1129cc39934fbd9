// SPDX-License-Identifier: Apache-2.0

import type { View } from '../shown/view.ts';

/** Something that failed, and since when; of the wall clock. */
export interface Failure {
  readonly message: string;
  readonly sinceMs: number;
}

/** What a process remembers of itself, so that it can say since when something is as it is. Times are of the wall clock. */
export class ProcessRecord {
  readonly startedMs: number;
  #changedMs: number | null = null;
  #version = 0;
  #reloadFailure: Failure | null = null;
  /** By id of the binding. */
  #unboundSinceMs: ReadonlyMap<string, number> = new Map();

  constructor(startedMs: number) {
    this.startedMs = startedMs;
  }

  /** When the last version that differs from the one before it went live; null: none did yet. */
  get changedMs(): number | null {
    return this.#changedMs;
  }

  /** The last reload broke, and so did all since; null: it did not. */
  get reloadFailure(): Failure | null {
    return this.#reloadFailure;
  }

  /** Since when a binding that is refused is; now, for one that is not known to be. */
  unboundSinceMs(id: string, nowMs: number): number {
    return this.#unboundSinceMs.get(id) ?? nowMs;
  }

  /** After each reload. */
  reloaded({ published, bindFailures }: Pick<View, 'published' | 'bindFailures'>, nowMs: number): void {
    this.#reloadFailure = null;
    if (published.version !== this.#version) this.#changedMs = nowMs;
    this.#version = published.version;
    this.#unboundSinceMs = new Map([...bindFailures.keys()].map(id => [id, this.unboundSinceMs(id, nowMs)]));
  }

  reloadFailed(message: string, nowMs: number): void {
    this.#reloadFailure = { message, sinceMs: this.#reloadFailure?.sinceMs ?? nowMs };
  }
}
