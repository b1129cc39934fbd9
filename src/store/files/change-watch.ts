// SPDX-License-Identifier: Apache-2.0

import { basename } from 'node:path';
import { FolderWatch } from './folder-watch.ts';

/** Paths that may have changed; 'any': it is not known which, look at all. */
export type Dirty = ReadonlySet<string> | 'any';

export interface ChangeWatchOptions {
  /** Called with what may have changed, soon after it did. */
  readonly onDirty: (dirty: Dirty) => void;
  /** How long events are collected: several come with each save. */
  readonly settleMs: number;
  /** How often everything is looked at (less often where that takes long), for file systems that tell nothing (NFS, some mounts into containers). */
  readonly pollMs: number;
}

/** Looking takes at most one part in so many of the time. */
const POLL_WAIT_FACTOR = 50;

/** Collects the system's events into few calls of `onDirty`. Owns its timers and watches; `close` ends them. */
export class ChangeWatch {
  readonly #options: ChangeWatchOptions;
  readonly #folders: FolderWatch;
  readonly #dirty = new Set<string>();
  #isAnyDirty = false;
  #settling: NodeJS.Timeout | undefined;
  #polling: NodeJS.Timeout;

  constructor(options: ChangeWatchOptions) {
    this.#options = options;
    this.#folders = new FolderWatch(path => this.#note(path));
    this.#polling = this.#pollAfter(options.pollMs);
  }

  /** True once the system refused a watch. */
  get isIncomplete(): boolean {
    return this.#folders.isIncomplete;
  }

  follow(folders: ReadonlySet<string>): void {
    this.#folders.follow(folders);
  }

  /** Reports a path, or anything, again after a while: for a file that is still being written. */
  again(path: string | undefined, afterMs: number): void {
    if (path === undefined) this.#isAnyDirty = true;
    else this.#dirty.add(path);
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#flush(), afterMs).unref();
  }

  close(): void {
    clearTimeout(this.#settling);
    clearTimeout(this.#polling);
    this.#folders.close();
  }

  #pollAfter(waitMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      const startedMs = performance.now();
      this.#options.onDirty('any');
      const tookMs = performance.now() - startedMs;
      this.#polling = this.#pollAfter(Math.max(this.#options.pollMs, tookMs * POLL_WAIT_FACTOR));
    }, waitMs).unref();
  }

  #note(path: string | undefined): void {
    if (path !== undefined && isHidden(path)) return;
    if (path === undefined) this.#isAnyDirty = true;
    else this.#dirty.add(path);
    this.#settling ??= setTimeout(() => this.#flush(), this.#options.settleMs).unref();
  }

  #flush(): void {
    const dirty: Dirty = this.#isAnyDirty ? 'any' : new Set(this.#dirty);
    this.#settling = undefined;
    this.#isAnyDirty = false;
    this.#dirty.clear();
    this.#options.onDirty(dirty);
  }
}

/** Editors' swap files and the like; not `..data`, by which a mounted ConfigMap changes. */
function isHidden(path: string): boolean {
  const name = basename(path);
  return name.startsWith('.') && !name.startsWith('..');
}
