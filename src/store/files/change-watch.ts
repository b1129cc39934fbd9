// SPDX-License-Identifier: Apache-2.0

import type { Clock, Timer } from '../../time/index.ts';
import { FolderWatch } from './folder-watch.ts';
import { isManifestName, type WatchedFolder } from './watched-folders.ts';

/** Paths that may have changed; 'any': it is not known which, look at all. */
export type Dirty = ReadonlySet<string> | 'any';

export interface ChangeWatchOptions {
  readonly clock: Clock;
  /** Called with what may have changed, soon after it did. */
  readonly onDirty: (dirty: Dirty) => void;
  /** True while someone changes several files that belong together. */
  readonly isBusy: () => boolean;
  /** How often everything is looked at (less often where that takes long), for file systems that tell nothing (NFS, some mounts into containers). */
  readonly pollMs: number;
}

/** Looking takes at most one part in so many of the time. */
const POLL_WAIT_FACTOR = 50;
/** Events of one save come within this time. */
const SAVE_MS = 2;
/** Changes of several manifests belong together until none has come for this time … */
const BURST_QUIET_MS = 50;
/** … but a folder in which something changes all the time is read after this time … */
const MAX_BURST_MS = 1000;
/** … and also while someone is busy, for a lock that nobody holds any more stays. */
const MAX_BUSY_MS = 2000;

/**
 * Collects the system's events into few calls of `onDirty`: a change of one manifest at once, of several (a checkout, a
 * copied folder) together. Owns its timers and watches; `close` ends them.
 */
export class ChangeWatch {
  readonly #options: ChangeWatchOptions;
  readonly #clock: Clock;
  readonly #folders: FolderWatch;
  readonly #dirty = new Set<string>();
  #isAnyDirty = false;
  /** The manifests that events named since the last call. */
  readonly #noted = new Set<string>();
  #firstNoteMs = 0;
  #lastNoteMs = 0;
  #due: { readonly atMs: number; readonly timer: Timer } | undefined;
  #polling: Timer;
  #wasPassedOver = false;
  #lastBusyMs = -1;

  constructor(options: ChangeWatchOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#folders = new FolderWatch(path => this.#note(path));
    this.#polling = this.#pollAfter(options.pollMs);
  }

  /** True while the system refuses a watch. */
  get isIncomplete(): boolean {
    return this.#folders.isIncomplete;
  }

  follow(folders: ReadonlyMap<string, WatchedFolder>): void {
    this.#folders.follow(folders);
  }

  /** Reports a path again after a while: for a file that is still being written. */
  again(path: string, afterMs: number): void {
    this.#dirty.add(path);
    this.#flushBy(this.#clock.nowMs() + afterMs);
  }

  close(): void {
    this.#due?.timer.cancel();
    this.#polling.cancel();
    this.#folders.close();
  }

  #pollAfter(waitMs: number): Timer {
    return this.#clock.after(waitMs, () => {
      const startedMs = this.#clock.nowMs();
      // Passed over once, not twice: a lock that nobody holds any more must not end polling.
      this.#wasPassedOver = !this.#wasPassedOver && this.#options.isBusy();
      try {
        if (!this.#wasPassedOver) this.#options.onDirty('any');
      } finally {
        const tookMs = this.#clock.nowMs() - startedMs;
        this.#polling = this.#pollAfter(Math.max(this.#options.pollMs, tookMs * POLL_WAIT_FACTOR));
      }
    });
  }

  #note(path: string | undefined): void {
    this.#lastNoteMs = this.#clock.nowMs();
    if (!this.#isAnyDirty && this.#noted.size === 0) this.#firstNoteMs = this.#lastNoteMs;
    if (path === undefined) this.#isAnyDirty = true;
    else this.#dirty.add(path);
    if (path !== undefined && isManifestName(path)) this.#noted.add(path);
    this.#flushBy(this.#lastNoteMs + SAVE_MS);
  }

  #flushBy(atMs: number): void {
    if (this.#due !== undefined && this.#due.atMs <= atMs) return;
    this.#due?.timer.cancel();
    const timer = this.#clock.after(Math.max(0, atMs - this.#clock.nowMs()), () => this.#flush());
    this.#due = { atMs, timer };
  }

  #flush(): void {
    this.#due = undefined;
    const waitUntilMs = this.#endOfBurst();
    if (waitUntilMs > this.#clock.nowMs()) {
      this.#flushBy(waitUntilMs);
      return;
    }
    const dirty: Dirty = this.#isAnyDirty ? 'any' : new Set(this.#dirty);
    this.#isAnyDirty = false;
    this.#dirty.clear();
    this.#noted.clear();
    this.#options.onDirty(dirty);
  }

  /** When changes that belong together have all come; the past when they have, or there is but one. */
  #endOfBurst(): number {
    const isOneChange = this.#noted.size === 0 && !this.#isAnyDirty;
    if (isOneChange) return 0;
    if (this.#options.isBusy()) {
      this.#lastBusyMs = this.#clock.nowMs();
      return Math.min(this.#clock.nowMs() + SAVE_MS, this.#firstNoteMs + MAX_BUSY_MS);
    }
    // The last events of someone who was busy may still be on their way.
    const wasBusy = this.#lastBusyMs >= this.#firstNoteMs;
    if (this.#noted.size <= 1 && !wasBusy) return 0;
    const quietMs = Math.max(this.#lastNoteMs, this.#lastBusyMs) + BURST_QUIET_MS;
    return Math.min(quietMs, this.#firstNoteMs + (wasBusy ? MAX_BUSY_MS : MAX_BURST_MS));
  }
}
