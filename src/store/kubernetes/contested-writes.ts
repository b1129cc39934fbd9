// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import type { Clock } from '../../time/index.ts';

/** The same written so often in a row: somebody undoes it. Who cleans up by hand does so once or twice. */
const CONTEST_AFTER = 5;
/** Between two of them at most, or it is a coincidence. */
const CONTEST_WINDOW_MS = 300_000;
/** From then on the other one has the last word for a minute, and the API server its rest. */
const CONTEST_REST_MS = 60_000;
/** No more writes in so long: the other one has given up. */
const CONTEST_OVER_MS = 2 * CONTEST_REST_MS;
/** More objects than anybody has; what is forgotten is learned anew. */
const MAX_KNOWN = 100_000;

/** A write that somebody else undoes. */
export interface ContestedWrite {
  /** `Kind/namespace/name`. */
  readonly what: string;
  /** When that was noticed, of the wall clock. */
  readonly sinceMs: number;
}

interface Written {
  readonly digest: string;
  /** Times in a row. */
  readonly count: number;
  readonly atMs: number;
}

/** Finds objects of which we write the same time and again, for somebody else writes something else in between. */
export class ContestedWrites {
  readonly #clock: Pick<Clock, 'nowMs' | 'wallMs'>;
  readonly #onContested: (key: string) => void;
  readonly #known = new Map<string, Written>();
  /** Wall time by key. */
  readonly #since = new Map<string, number>();

  /** `onContested`: told each time that an object is given a long rest. */
  constructor(clock: Pick<Clock, 'nowMs' | 'wallMs'>, onContested: (key: string) => void) {
    this.#clock = clock;
    this.#onContested = onContested;
  }

  /** The object was written. How long it rests at least; 0: as others do. */
  restMs(key: string, body: unknown): number {
    const atMs = this.#clock.nowMs();
    const digest = digestOf(body);
    const before = this.#known.get(key);
    const isAgain = before?.digest === digest && atMs - before.atMs <= CONTEST_WINDOW_MS;
    const count = isAgain ? before.count + 1 : 1;
    if (this.#known.size >= MAX_KNOWN) this.clear();
    this.#known.set(key, { digest, count, atMs });
    if (count < CONTEST_AFTER) {
      this.#since.delete(key);
      return 0;
    }
    if (!this.#since.has(key)) this.#since.set(key, this.#clock.wallMs());
    this.#onContested(key);
    return CONTEST_REST_MS;
  }

  /** Those that are still written time and again. */
  get all(): ContestedWrite[] {
    const nowMs = this.#clock.nowMs();
    for (const key of this.#since.keys())
      if (nowMs - (this.#known.get(key)?.atMs ?? 0) > CONTEST_OVER_MS) this.#since.delete(key);
    return Array.from(this.#since, ([what, sinceMs]) => ({ what, sinceMs }));
  }

  clear(): void {
    this.#known.clear();
    this.#since.clear();
  }
}

/** Times of transitions differ each time when two undo what the other says. */
function digestOf(body: unknown): string {
  const text = JSON.stringify(body, (name, value: unknown) =>
    name === 'resourceVersion' || name === 'lastTransitionTime' ? undefined : value,
  );
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
