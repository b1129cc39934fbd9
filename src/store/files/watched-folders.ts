// SPDX-License-Identifier: Apache-2.0

import type { Stats } from 'node:fs';

/** A folder in which a change can concern us. */
export interface WatchedFolder {
  /** Tells it from another that takes its place. */
  readonly identity: string;
  /** Looked at with all that is in it, of which manifests are read. */
  readonly isSearched: boolean;
  /** What concerns us in it whatever it is called: a path that was given, what a link leads to. */
  readonly names: ReadonlySet<string>;
}

const MANIFEST = /\.(ya?ml|json)$/i;

/** True for the name of a file that is read when it stands in a folder. */
export function isManifestName(path: string): boolean {
  return MANIFEST.test(path);
}

/**
 * True when what the system tells of `name` in a folder can change what is read. `rename`: it came or went; what is not named as a manifest may be a
 * folder or a link to one. `change`: it was written, as a log beside the manifests is with every line.
 */
export function concerns({ isSearched, names }: WatchedFolder, event: 'rename' | 'change', name: string): boolean {
  // By `..data` a mounted ConfigMap changes, wherever links into it stand; all else with a dot is editors' swap files and the like.
  if (names.has(name) || name.startsWith('..')) return true;
  if (!isSearched || name.startsWith('.')) return false;
  return event === 'rename' || isManifestName(name);
}

/** What one search comes to: folders by their paths. */
export class WatchedFolders {
  readonly #folders = new Map<string, WatchedFolder & { readonly names: Set<string> }>();

  get byPath(): ReadonlyMap<string, WatchedFolder> {
    return this.#folders;
  }

  addSearched(path: string, stats: Stats): void {
    const names = this.#folders.get(path)?.names ?? new Set();
    this.#folders.set(path, { identity: identityOf(stats), isSearched: true, names });
  }

  addName(path: string, stats: Stats, name: string): void {
    const known = this.#folders.get(path);
    if (known !== undefined) known.names.add(name);
    else this.#folders.set(path, { identity: identityOf(stats), isSearched: false, names: new Set([name]) });
  }

  join(others: WatchedFolders): void {
    for (const [path, folder] of others.#folders) {
      const known = this.#folders.get(path);
      const isSearched = folder.isSearched || known?.isSearched === true;
      const names = new Set([...folder.names, ...(known?.names ?? [])]);
      this.#folders.set(path, { identity: folder.identity, isSearched, names });
    }
  }

  clear(): void {
    this.#folders.clear();
  }
}

/** The same for the same folder, under whatever path. */
export function identityOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}
