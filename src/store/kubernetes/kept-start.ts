// SPDX-License-Identifier: Apache-2.0

import type { Clock, Timer } from '../../time/index.ts';
import type { StoreLog } from './cluster-health.ts';
import type { KeptObjects } from './kept-text.ts';
import type { KeptWorld } from './kept-world.ts';

/** A server that has not told everything by then is done without at the start, where there is something that was kept. */
const KEPT_AFTER_MS = 5_000;
/** What was kept is served unchanged until everything was read; or, once something was, for so long at most. */
const KEPT_SETTLE_MS = 10_000;
/** A kind that cannot be read for so long after that may never be: what is known of the others is told by then. */
const KEPT_ALONE_MS = 60_000;

export interface KeptStartParts {
  /** null: nothing is kept. */
  readonly kept: Pick<KeptWorld, 'load' | 'place'> | null;
  readonly clock: Clock;
  readonly log: StoreLog;
  /** Serves it in the place of what was not read yet. */
  take(world: KeptObjects): void;
  /** Whether any kind was read. */
  isSomeRead(): boolean;
  /** What may be served or told is another now. */
  onChange(): void;
}

/**
 *     waiting ──silence, failure──► held ──some kind read, 10 s──► mixed ──60 s──► partial
 *        └────────everything read, from each of them────────► over ◄──────────────────┘
 *
 * `held`: all is as it was kept. `mixed`: kinds are as they were read, the others as they were kept. `partial`: the same, for good it
 * seems.
 */
type Stage = 'waiting' | 'held' | 'mixed' | 'partial' | 'over';

/** How a process begins with what was kept while the API server does not tell it everything. Owns a timer: `stop` ends it. */
export class KeptStart {
  readonly #parts: KeptStartParts;
  #stage: Stage = 'waiting';
  #isLoading = false;
  #isStopped = false;
  #takenAtMs: number | null = null;
  #timer: Timer | null = null;

  constructor(parts: KeptStartParts) {
    this.#parts = parts;
  }

  /** Everything was read. */
  get isOver(): boolean {
    return this.#stage === 'over';
  }

  /** What is read meanwhile must not be served yet. */
  get isHeld(): boolean {
    return this.#stage === 'held';
  }

  /** Kinds that were not read are not waited for any more, but served as they were kept. */
  get isPartial(): boolean {
    return this.#stage === 'partial';
  }

  /** From when that is which is served in part or wholly, in wall time; null: none of it is. */
  get takenAtMs(): number | null {
    return this.#takenAtMs;
  }

  begin(): void {
    this.#after(KEPT_AFTER_MS, () => void this.fallBack());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** The server fails, or is silent: begins with what was kept, if there is something. */
  async fallBack(): Promise<void> {
    const { kept, log } = this.#parts;
    if (kept === null || this.#isLoading || this.#stage !== 'waiting') return;
    this.#isLoading = true;
    const world = await kept.load();
    // Everything may have been read meanwhile.
    if (world === null || this.isOver || this.#isStopped) return;
    this.#stage = 'held';
    this.#timer?.cancel();
    this.#timer = null;
    this.#takenAtMs = world.takenAtMs;
    log.warn(
      'the API server does not answer as it should: what was kept before this start is served, and no status written',
      { keptAt: new Date(world.takenAtMs).toISOString(), place: kept.place },
    );
    this.#parts.take(world);
    this.someRead();
  }

  /** A kind was read: once one was, the others may take so long. */
  someRead(): void {
    if (!this.isHeld || this.#timer !== null || !this.#parts.isSomeRead()) return;
    this.#after(KEPT_SETTLE_MS, () => {
      this.#become('mixed');
      this.#after(KEPT_ALONE_MS, () => this.#become('partial'));
    });
  }

  /** Everything was read. True: what was kept is served until the next change is published. */
  end(): boolean {
    this.#stage = 'over';
    this.#timer?.cancel();
    return this.#takenAtMs !== null;
  }

  /** What is served from now on is what was read, if everything was. */
  published(): void {
    if (this.isOver) this.#takenAtMs = null;
  }

  #become(stage: Stage): void {
    this.#stage = stage;
    this.#parts.onChange();
  }

  #after(delayMs: number, then: () => void): void {
    this.#timer = this.#parts.clock.after(delayMs, then);
  }
}
