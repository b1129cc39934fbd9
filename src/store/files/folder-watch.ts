// SPDX-License-Identifier: Apache-2.0

import { type FSWatcher, watch } from 'node:fs';
import { basename, join } from 'node:path';

/** What the operating system says: a name in a folder changed; undefined: it did not say which. */
export type FolderListener = (path: string | undefined) => void;

/**
 * Watches folders, one OS watch each (so a rename over a file is seen, which a watch of the file itself would lose).
 * Owns its watches; `close` ends them.
 */
export class FolderWatch {
  readonly #watches = new Map<string, FSWatcher>();
  readonly #listener: FolderListener;
  /** True once the system refused a watch: then only polling sees changes there. */
  isIncomplete = false;

  constructor(listener: FolderListener) {
    this.#listener = listener;
  }

  /** Watches exactly these folders from now on. */
  follow(folders: ReadonlySet<string>): void {
    for (const [folder, watcher] of this.#watches) if (!folders.has(folder)) this.#end(folder, watcher);
    for (const folder of folders) if (!this.#watches.has(folder)) this.#begin(folder);
  }

  close(): void {
    for (const [folder, watcher] of this.#watches) this.#end(folder, watcher);
  }

  #begin(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (event, name) => {
        // A folder that is removed or replaced reports its own name: the watch follows the old one and is of no more use.
        if (event === 'rename' && name === basename(folder)) this.#end(folder, watcher);
        this.#listener(name === null ? undefined : join(folder, name));
      });
      watcher.on('error', () => {
        this.#end(folder, watcher);
        this.#listener(undefined);
      });
      this.#watches.set(folder, watcher);
    } catch (error) {
      // A folder that is gone is found again by its parent or by polling.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) this.isIncomplete = true;
    }
  }

  #end(folder: string, watcher: FSWatcher): void {
    if (this.#watches.get(folder) === watcher) this.#watches.delete(folder);
    watcher.close();
  }
}
