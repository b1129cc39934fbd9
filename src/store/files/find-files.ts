// SPDX-License-Identifier: Apache-2.0

import { type Dirent, lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { messageOf } from '../../errors/index.ts';

/** What is found under the paths of a file store. */
export interface FoundFiles {
  /** Absolute paths of files with what tells a change; in the order of the paths given, folders by name. */
  readonly files: ReadonlyMap<string, string>;
  /** Folders in which a change can concern us. */
  readonly folders: ReadonlySet<string>;
  readonly problems: readonly PathProblem[];
}

export interface PathProblem {
  readonly code: 'store/path-not-found' | 'store/unreadable';
  readonly path: string;
  readonly message: string;
}

const MANIFEST = /\.(ya?ml|json)$/i;

/**
 * Looks for manifests: files as they are named, folders with all that is in them (`*.yaml`, `*.yml`, `*.json`). Names that
 * begin with a dot are passed over in folders: editors' swap files, `.git`, and the `..data` of mounted ConfigMaps, whose
 * visible names are links into it. Links are followed; a folder is visited once.
 */
export function findFiles(paths: readonly string[]): FoundFiles {
  const search = new Search();
  for (const path of paths) search.addRoot(resolve(path));
  return search;
}

class Search implements FoundFiles {
  readonly files = new Map<string, string>();
  readonly folders = new Set<string>();
  readonly problems: PathProblem[] = [];
  readonly #visited = new Set<string>();

  /** A path that was asked for; the folder above it tells of its (re)creation. */
  addRoot(path: string): void {
    this.folders.add(dirname(path));
    const stats = this.#stat(path);
    if (stats === undefined) return;
    if (stats.isDirectory()) this.#addFolder(path);
    else this.#addFile(path, stats);
  }

  #addFolder(path: string): void {
    const real = realpathSync(path);
    if (this.#visited.has(real)) return;
    this.#visited.add(real);
    this.folders.add(path);
    for (const entry of this.#list(path)) {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) this.#addFolder(inner);
      else if (entry.isSymbolicLink()) this.#addLink(inner);
      else if (MANIFEST.test(entry.name)) this.#addNamed(inner);
    }
  }

  #addLink(path: string): void {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory()) this.#addFolder(path);
    else if (stats !== undefined && MANIFEST.test(path)) this.#addFile(path, stats);
  }

  #addNamed(path: string): void {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined) this.#addFile(path, stats);
  }

  #addFile(path: string, stats: Stats): void {
    if (!stats.isFile()) return;
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) this.folders.add(dirname(realpathSync(path)));
    this.files.set(path, signatureOf(stats));
  }

  #stat(path: string): Stats | undefined {
    try {
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats === undefined) this.#report('store/path-not-found', path, `${path} does not exist`);
      return stats;
    } catch (error) {
      this.#report('store/unreadable', path, messageOf(error));
      return undefined;
    }
  }

  #list(path: string): Dirent[] {
    try {
      const entries = readdirSync(path, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      this.#report('store/unreadable', path, messageOf(error));
      return [];
    }
  }

  #report(code: PathProblem['code'], path: string, message: string): void {
    this.problems.push({ code, path, message });
  }
}

/** Differs whenever a file was written or replaced. */
export function signatureOf(stats: Stats): string {
  return `${stats.ino}:${stats.size}:${stats.mtimeMs}`;
}
