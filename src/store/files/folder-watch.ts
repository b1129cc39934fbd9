// SPDX-License-Identifier: Apache-2.0

import { type FSWatcher, watch } from 'node:fs';
import { basename, join } from 'node:path';
import { concerns, type WatchedFolder } from './watched-folders.ts';

/** A path that concerns us changed; undefined: the operating system did not say which. */
export type FolderListener = (path: string | undefined) => void;

interface Watched {
  readonly watcher: FSWatcher;
  /** The folder that it watches, of all that may stand under its name. */
  readonly identity: string;
}

/**
 * Watches folders, one OS watch each (so a rename over a file is seen, which a watch of the file itself would lose).
 * Owns its watches; `close` ends them.
 */
export class FolderWatch {
  readonly #watches = new Map<string, Watched>();
  readonly #refused = new Set<string>();
  #folders: ReadonlyMap<string, WatchedFolder> = new Map();
  readonly #listener: FolderListener;
  readonly #watch: typeof watch;

  constructor(listener: FolderListener, watchFolder: typeof watch = watch) {
    this.#listener = listener;
    this.#watch = watchFolder;
  }

  /** True while the system refuses to watch some folder: only polling sees changes there. */
  get isIncomplete(): boolean {
    return this.#refused.size > 0;
  }

  /** Watches exactly these folders from now on; one that was replaced (mounted over, linked elsewhere) anew. */
  follow(folders: ReadonlyMap<string, WatchedFolder>): void {
    this.#folders = folders;
    for (const [folder, { watcher, identity }] of this.#watches) {
      if (folders.get(folder)?.identity !== identity) this.#end(folder, watcher);
    }
    this.#refused.clear();
    for (const [folder, { identity }] of folders) if (!this.#watches.has(folder)) this.#begin(folder, identity);
  }

  close(): void {
    for (const [folder, { watcher }] of this.#watches) this.#end(folder, watcher);
  }

  #begin(folder: string, identity: string): void {
    try {
      const watcher = this.#watch(folder, { persistent: false }, (event, name) => {
        // A folder that is removed or replaced reports its own name: the watch follows the old one and is of no more use.
        const isGone = event === 'rename' && name === basename(folder);
        if (isGone) this.#end(folder, watcher);
        const followed = this.#folders.get(folder);
        if (name === null) this.#listener(undefined);
        else if (isGone || (followed !== undefined && concerns(followed, event, name)))
          this.#listener(join(folder, name));
      });
      watcher.on('error', () => {
        this.#end(folder, watcher);
        this.#listener(undefined);
      });
      this.#watches.set(folder, { watcher, identity });
    } catch (error) {
      // A folder that is gone is found again by its parent or by polling.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) this.#refused.add(folder);
    }
  }

  #end(folder: string, watcher: FSWatcher): void {
    if (this.#watches.get(folder)?.watcher === watcher) this.#watches.delete(folder);
    watcher.close();
  }
}
