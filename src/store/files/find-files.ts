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
    if (stats === null) this.#report('store/path-not-found', path, `${path} does not exist`);
    else if (stats?.isDirectory()) this.#addFolder(path);
    else if (stats !== undefined) this.#addFile(path, stats);
  }

  #addFolder(path: string): void {
    const real = this.#try(path, () => realpathSync(path));
    if (real === undefined || this.#visited.has(real)) return;
    this.#visited.add(real);
    this.folders.add(path);
    for (const entry of this.#list(path)) {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) this.#addFolder(inner);
      else if (entry.isSymbolicLink() || MANIFEST.test(entry.name)) this.#addEntry(inner);
    }
  }

  #addEntry(path: string): void {
    const stats = this.#stat(path);
    if (stats?.isDirectory()) this.#addFolder(path);
    else if (stats && MANIFEST.test(path)) this.#addFile(path, stats);
  }

  #addFile(path: string, stats: Stats): void {
    if (!stats.isFile()) return;
    this.files.set(path, signatureOf(stats));
    const target = this.#try(path, () => (lstatSync(path).isSymbolicLink() ? realpathSync(path) : undefined));
    if (target !== undefined) this.folders.add(dirname(target));
  }

  /** null: it does not exist. undefined: it cannot be read, which is reported. */
  #stat(path: string): Stats | null | undefined {
    return this.#try(path, () => statSync(path, { throwIfNoEntry: false }) ?? null);
  }

  /** Reports what the system refuses. What vanished since it was listed is no problem. */
  #try<T>(path: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!isGone) this.#report('store/unreadable', path, messageOf(error));
      return undefined;
    }
  }

  #list(path: string): Dirent[] {
    const entries = this.#try(path, () => readdirSync(path, { withFileTypes: true })) ?? [];
    return entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #report(code: PathProblem['code'], path: string, message: string): void {
    this.problems.push({ code, path, message });
  }
}

/** Differs whenever a file was written or replaced. */
export function signatureOf(stats: Stats): string {
  return `${stats.ino}:${stats.size}:${stats.mtimeMs}`;
}
