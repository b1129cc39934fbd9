// SPDX-License-Identifier: Apache-2.0

import {
  type Dirent,
  existsSync,
  lstatSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileFault } from '../../errors/index.ts';
import { notAFile, SEARCH_LIMITS, type SearchLimits } from './manifest-limits.ts';
import { identityOf, isManifestName, type WatchedFolder, WatchedFolders } from './watched-folders.ts';

/** What is found under the paths of a file store. */
export interface FoundFiles {
  /** Absolute paths of files with what tells a change; in the order of the paths given, folders by name. */
  readonly files: ReadonlyMap<string, string>;
  /** Folders in which a change can concern us, by their paths. */
  readonly folders: ReadonlyMap<string, WatchedFolder>;
  readonly problems: readonly PathProblem[];
}

export interface PathProblem {
  readonly code:
    | 'store/path-not-found'
    | 'store/broken-link'
    | 'store/unreadable'
    | 'store/not-a-file'
    | 'store/too-many-files';
  readonly path: string;
  readonly message: string;
}

/**
 * Looks for manifests: files as they are named, folders with all that is in them (`*.yaml`, `*.yml`, `*.json`). Names that
 * begin with a dot are passed over in folders: editors' swap files, `.git`, and the `..data` of mounted ConfigMaps, whose
 * visible names are links into it. Links are followed, and those that lead nowhere are told; a folder is visited once. Of a
 * path with too much under it nothing is found.
 */
export function findFiles(paths: readonly string[], limits: SearchLimits = SEARCH_LIMITS): FoundFiles {
  const files = new Map<string, string>();
  const folders = new WatchedFolders();
  const problems: PathProblem[] = [];
  for (const path of paths) {
    const search = new Search(resolve(path), limits);
    for (const [file, signature] of search.excess === undefined ? search.files : []) {
      if (!files.has(file)) files.set(file, signature);
    }
    folders.join(search.folders);
    problems.push(...search.problems);
  }
  return { files, folders: folders.byPath, problems };
}

/** Looks under one path. */
class Search {
  readonly files = new Map<string, string>();
  readonly folders = new WatchedFolders();
  readonly problems: PathProblem[] = [];
  /** What there is too much of. */
  excess: string | undefined;
  readonly #limits: SearchLimits;
  readonly #visited = new Set<string>();
  #entries = 0;
  #bytes = 0;

  /** The folder above the path tells of its (re)creation. */
  constructor(path: string, limits: SearchLimits) {
    this.#limits = limits;
    this.#watch(path);
    const stats = this.#stat(path);
    if (stats === null) this.#report('store/path-not-found', path, `${path} does not exist`);
    else if (stats?.isDirectory()) this.#addFolder(path, stats);
    else if (stats !== undefined) this.#addFile(path, stats);
    if (this.excess === undefined) return;
    this.folders.clear();
    this.#watch(path);
    this.#report('store/too-many-files', path, `${path} has ${this.excess}; nothing of it is read anew`);
  }

  #addFolder(path: string, stats: Stats): void {
    const identity = identityOf(stats);
    if (this.#visited.has(identity)) return;
    this.#visited.add(identity);
    this.folders.addSearched(path, stats);
    for (const entry of this.#list(path)) {
      if (this.excess !== undefined) return;
      const inner = join(path, entry.name);
      if (entry.isDirectory() || entry.isSymbolicLink() || isManifestName(entry.name)) this.#addEntry(inner);
    }
  }

  #addEntry(path: string): void {
    const stats = this.#stat(path);
    if (stats?.isDirectory()) this.#addFolder(path, stats);
    else if (stats && isManifestName(path)) this.#addFile(path, stats);
    else if (stats === null) this.#addBrokenLink(path);
  }

  /** What is not named as a manifest may have led to a folder of them. */
  #addBrokenLink(path: string): void {
    const target = this.#try(path, () => linkTarget(path));
    if (target === undefined) {
      // Node has put U+FFFD in place of bytes that it cannot decode: there is no file of that name.
      if (path.includes('\ufffd'))
        this.#report('store/unreadable', path, `${path} cannot be read: its name is not UTF-8`);
      return;
    }
    this.#watch(target);
    const code = isManifestName(path) ? 'store/path-not-found' : 'store/broken-link';
    this.#report(code, path, `${path} is a symbolic link to ${target}, which does not exist`);
  }

  #addFile(path: string, stats: Stats): void {
    if (!stats.isFile()) {
      this.#report('store/not-a-file', path, notAFile(path).message);
      return;
    }
    this.files.set(path, signatureOf(stats));
    this.#bytes += stats.size;
    const { files, bytes } = this.#limits;
    if (this.files.size > files) this.excess = `more than ${files} manifests`;
    if (this.#bytes > bytes) this.excess = `more than ${bytes / 1024 / 1024} MiB of manifests`;
    const target = this.#try(path, () => (lstatSync(path).isSymbolicLink() ? realpathSync(path) : undefined));
    if (target !== undefined) this.#watch(target);
  }

  /** What becomes of a path is told by the folder that it is in. What the system refuses of that is told of the path. */
  #watch(path: string): void {
    const folder = dirname(path);
    const stats = unlessRefused(() => statSync(folder, { throwIfNoEntry: false }));
    if (stats !== undefined) this.folders.addName(folder, stats, basename(path));
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
      if (!isGone) this.#report('store/unreadable', path, `${path} cannot be read: ${fileFault(error)}`);
      return undefined;
    }
  }

  #list(path: string): Dirent[] {
    const entries = this.#try(path, () => readdirSync(path, { withFileTypes: true })) ?? [];
    this.#entries += entries.length;
    const { entries: limit } = this.#limits;
    if (this.#entries > limit) this.excess = `more than ${limit} files and folders`;
    return entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #report(code: PathProblem['code'], path: string, message: string): void {
    this.problems.push({ code, path, message });
  }
}

/** True where a symbolic link stands that leads nowhere: what it led to was moved away or is not mounted; nobody removed the link. */
export function isBrokenLink(path: string): boolean {
  const stats = unlessRefused(() => lstatSync(path, { throwIfNoEntry: false }));
  return stats?.isSymbolicLink() === true && !existsSync(path);
}

/** undefined: the system does not say. Links above it may go round in a circle, a mount may have gone stale. */
function unlessRefused<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

function linkTarget(path: string): string | undefined {
  return lstatSync(path).isSymbolicLink() ? resolve(dirname(path), readlinkSync(path)) : undefined;
}

/** Differs whenever a file was written or replaced, also by what sets its time of writing back. */
export function signatureOf({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${ino}:${size}:${mtimeMs}:${ctimeMs}`;
}
