// SPDX-License-Identifier: Apache-2.0

import type { Finding, ResourceRef, SourcePlace } from '../../errors/index.ts';
import type { ParseOptions } from '../../resources/index.ts';
import { keyOfRef } from '../object-key.ts';
import { ResourceTable } from '../resource-table.ts';
import type { Store, StoreContents } from '../store.ts';
import { ChangeWatch, type Dirty } from './change-watch.ts';
import { duplicateFinding } from './duplicate-finding.ts';
import { type FoundFiles, findFiles, type PathProblem } from './find-files.ts';
import type { ServedObject } from './in-use.ts';
import { finding, findingsOf } from './source-finding.ts';
import { SourceIndex } from './source-index.ts';
import { WatchedFile } from './watched-file.ts';

export interface FileStoreOptions {
  /** Files and folders (read with all that is in them). */
  readonly paths: readonly string[];
  /** The namespace of namespaced objects that name none. Default: `default`. */
  readonly defaultNamespace?: string;
  /** Follow changes until `close`. Default: true. */
  readonly watch?: boolean;
  /** How often everything is looked at, beside the system's events. Default: 2,000. */
  readonly pollMs?: number;
}

/** Events of one save come within this time. */
const SETTLE_MS = 2;
/** A doubtful file is read again after this time. */
const RETRY_MS = 25;

/**
 * A store of files: a folder of manifests, or some. Files have no creation times, so objects tie on age where the Gateway
 * API prefers the older one, and go by namespace and name, unless `metadata.creationTimestamp` is written.
 */
export function openFileStore(options: FileStoreOptions): Store {
  return new FileStore(options);
}

class FileStore implements Store {
  readonly #paths: readonly string[];
  readonly #options: ParseOptions;
  readonly #table = new ResourceTable<ServedObject>();
  readonly #listeners: (() => void)[] = [];
  readonly #watch: ChangeWatch | undefined;
  /** In the order in which they take precedence. */
  #files: ReadonlyMap<string, WatchedFile> = new Map();
  #problems: readonly PathProblem[] = [];
  #contents: StoreContents = { resources: this.#table.resources, findings: [] };
  #sources: SourceIndex | undefined;
  #isClosed = false;

  constructor({ paths, defaultNamespace = 'default', watch = true, pollMs = 2000 }: FileStoreOptions) {
    this.#paths = paths;
    this.#options = { defaultNamespace };
    if (!watch) return;
    this.#watch = new ChangeWatch({ settleMs: SETTLE_MS, pollMs, onDirty: dirty => this.#refresh(dirty) });
  }

  start(): Promise<void> {
    const found = findFiles(this.#paths);
    // Watched before it is read: what changes in between is read twice rather than missed.
    this.#watch?.follow(found.folders);
    this.#adopt(found);
    for (const file of this.#files.values()) file.read(false);
    this.#publish();
    return Promise.resolve();
  }

  current(): StoreContents {
    return this.#contents;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  reread(): void {
    if (!this.#isClosed) this.#tellIf(this.#search(new Set(this.#files.keys())));
  }

  locate(ref: ResourceRef, path: readonly (string | number)[]): SourcePlace | undefined {
    return this.#index().locate(keyOfRef(ref), path);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#listeners.length = 0;
    this.#watch?.close();
    return Promise.resolve();
  }

  #refresh(dirty: Dirty): void {
    if (this.#isClosed) return;
    const isKnown = dirty !== 'any' && [...dirty].every(path => this.#files.has(path));
    this.#tellIf(isKnown ? this.#readAll(dirty) : this.#search(dirty));
  }

  #tellIf(isChanged: boolean): void {
    if (!isChanged) return;
    this.#publish();
    for (const listener of this.#listeners) listener();
  }

  /** Looks for files again and reads the new, the changed and the dirty ones. True when anything is different. */
  #search(dirty: Dirty): boolean {
    const found = findFiles(this.#paths);
    this.#watch?.follow(found.folders);
    const problemsBefore = this.#problems;
    const toRead = this.#adopt(found);
    if (dirty !== 'any') for (const path of dirty) if (this.#files.has(path)) toRead.add(path);
    const isChanged = this.#readAll(toRead);
    return isChanged || !isSameProblems(problemsBefore, this.#problems);
  }

  /** Takes over what was found. Returns the files to read; those that are gone stay until reading them says so. */
  #adopt(found: FoundFiles): Set<string> {
    const files = new Map<string, WatchedFile>();
    const toRead = new Set<string>();
    for (const [path, signature] of found.files) {
      const file = this.#files.get(path) ?? new WatchedFile(path, this.#options);
      files.set(path, file);
      if (file.signature !== signature) toRead.add(path);
    }
    for (const [path, file] of this.#files) {
      if (files.has(path)) continue;
      files.set(path, file);
      toRead.add(path);
    }
    this.#files = files;
    this.#problems = found.problems;
    return toRead;
  }

  #readAll(paths: Iterable<string>): boolean {
    let isChanged = false;
    for (const path of paths) {
      const outcome = this.#files.get(path)?.read(true);
      if (outcome === 'busy') this.#watch?.again(path, SETTLE_MS);
      if (outcome === 'doubtful') this.#watch?.again(path, RETRY_MS);
      if (outcome === 'gone') this.#forget(path);
      if (outcome === 'changed' || outcome === 'gone') isChanged = true;
    }
    return isChanged;
  }

  #forget(path: string): void {
    this.#files = new Map([...this.#files].filter(([other]) => other !== path));
  }

  #index(): SourceIndex {
    this.#sources ??= new SourceIndex(this.#files.values());
    return this.#sources;
  }

  #watchFindings(): Finding[] {
    const [file] = this.#paths;
    if (file === undefined || !this.#watch?.isIncomplete) return [];
    const message =
      'the system refuses to report changes of some folders; they are looked at every few seconds instead';
    return [finding('store/watch-unavailable', message, { file, line: 1, column: 1 })];
  }

  #publish(): void {
    this.#sources = undefined;
    const files = [...this.#files.values()];
    const duplicates = this.#table.update(files.map(({ inUse }) => inUse.objects));
    const problems = this.#problems.map(({ code, path, message }) =>
      finding(code, message, { file: path, line: 1, column: 1 }),
    );
    const findings: Finding[] = [...problems, ...this.#watchFindings(), ...files.flatMap(findingsOf)];
    const versions = files.map(({ version }) => ({ version }));
    let index: SourceIndex | undefined;
    const sources = () => {
      index ??= new SourceIndex(versions);
      return index;
    };
    for (const duplicate of duplicates) findings.push(duplicateFinding(duplicate, sources));
    this.#contents = { resources: this.#table.resources, findings };
  }
}

function isSameProblems(a: readonly PathProblem[], b: readonly PathProblem[]): boolean {
  return a.length === b.length && a.every(({ message }, at) => message === b[at]?.message);
}
