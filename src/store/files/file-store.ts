// SPDX-License-Identifier: Apache-2.0

import type { Finding, ResourceRef, SourcePlace } from '../../errors/index.ts';
import type { Clock } from '../../time/index.ts';
import { OneCopy } from '../../values/index.ts';
import { keyOfRef } from '../object-key.ts';
import { ResourceTable } from '../resource-table.ts';
import type { Store, StoreContents } from '../store.ts';
import { ChangeWatch, type Dirty } from './change-watch.ts';
import { deletedFiles } from './deleted-files.ts';
import { duplicateFinding } from './duplicate-finding.ts';
import { type FoundFiles, findFiles, type PathProblem } from './find-files.ts';
import { GitWork } from './git-work.ts';
import type { ServedObject } from './in-use.ts';
import { IssueRoom } from './issue-room.ts';
import { Settling } from './settling.ts';
import { settlingFindings } from './settling-finding.ts';
import { finding, findingsOf } from './source-finding.ts';
import { SourceIndex } from './source-index.ts';
import { WatchedFile, type WatchedFileOptions } from './watched-file.ts';

export interface FileStoreOptions {
  /** Files and folders (read with all that is in them). */
  readonly paths: readonly string[];
  /** The namespace of namespaced objects that name none. Default: `default`. */
  readonly defaultNamespace?: string;
  /** Follow changes until `close`. Default: true. */
  readonly watch?: boolean;
  /** How often everything is looked at, beside the system's events. Default: 2,000. */
  readonly pollMs?: number;
  /**
   * How long what a file written in place no longer holds, an emptied file or folder, or a folder that is gone, must stay
   * so before it is taken for meant. Until then it is served as before. Default: 5,000.
   */
  readonly settleMs?: number;
  readonly clock: Clock;
}

export const DEFAULT_SETTLE_MS = 5000;
/** A file that is being written this moment is read again after this time. */
const BUSY_MS = 2;
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
  readonly #options: WatchedFileOptions;
  readonly #table = new ResourceTable<ServedObject>();
  readonly #listeners: (() => void)[] = [];
  readonly #watch: ChangeWatch | undefined;
  readonly #settling: Settling;
  /** In the order in which they take precedence. */
  #files: ReadonlyMap<string, WatchedFile> = new Map();
  #problems: readonly PathProblem[] = [];
  #contents: StoreContents = { resources: this.#table.resources, findings: [] };
  #sources: SourceIndex | undefined;
  #isWatchIncomplete = false;
  #isClosed = false;

  constructor(options: FileStoreOptions) {
    const { paths, defaultNamespace = 'default', watch = true, pollMs = 2000 } = options;
    const { settleMs = DEFAULT_SETTLE_MS, clock } = options;
    this.#paths = paths;
    this.#options = { defaultNamespace, clock, settleMs, copies: new OneCopy() };
    const onDirty = (dirty: Dirty) => this.#refresh(dirty);
    this.#settling = new Settling(clock, onDirty);
    if (!watch) return;
    const git = new GitWork(paths);
    this.#watch = new ChangeWatch({ clock, pollMs, onDirty, isBusy: () => git.isGoingOn() });
  }

  start(): Promise<void> {
    const found = findFiles(this.#paths);
    // Watched before it is read: what changes in between is read twice rather than missed.
    this.#watch?.follow(found.folders);
    this.#isWatchIncomplete = this.#watch?.isIncomplete ?? false;
    this.#adopt(found);
    const room = new IssueRoom(this.#files.values());
    for (const file of this.#files.values()) room.read(file, false);
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

  rehearse(): void {
    const files = [...this.#files.values()];
    // A change is of one file; thousands would be read again each time.
    const changed = fullest(files);
    this.#table.update(files.map(file => (file === changed ? file.rehearse() : file.inUse).objects));
    // Equal objects stay what they were, so this finds all as it was.
    this.#table.update(files.map(({ inUse }) => inUse.objects));
  }

  locate(ref: ResourceRef, path: readonly (string | number)[]): SourcePlace | undefined {
    return this.#index().locate(keyOfRef(ref), path);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#listeners.length = 0;
    this.#watch?.close();
    this.#settling.close();
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
    const wasIncomplete = this.#isWatchIncomplete;
    const toRead = this.#adopt(found);
    if (dirty !== 'any') for (const path of dirty) if (this.#files.has(path)) toRead.add(path);
    const isChanged = this.#readAll(toRead);
    this.#isWatchIncomplete = this.#watch?.isIncomplete ?? false;
    return isChanged || wasIncomplete !== this.#isWatchIncomplete || !isSameProblems(problemsBefore, this.#problems);
  }

  /** Takes over what was found. Returns the files to read; those that are gone stay until reading them says so. */
  #adopt(found: FoundFiles): Set<string> {
    const files = new Map<string, WatchedFile>();
    const toRead = new Set<string>();
    for (const [path, signature] of found.files) {
      const file = this.#files.get(path) ?? new WatchedFile(path, this.#options);
      files.set(path, file);
      if (file.signature !== signature || file.isVanished) toRead.add(path);
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
    const gone: WatchedFile[] = [];
    const room = new IssueRoom(this.#files.values());
    for (const path of paths) {
      const file = this.#files.get(path);
      const outcome = file === undefined ? undefined : room.read(file, true);
      if (outcome === 'busy') this.#watch?.again(path, BUSY_MS);
      if (outcome === 'doubtful') this.#watch?.again(path, RETRY_MS);
      if (file !== undefined && outcome === 'gone') gone.push(file);
      if (outcome === 'changed') isChanged = true;
      if (outcome !== 'gone') this.#settling.set(path, file?.settlesAtMs);
    }
    return this.#judgeGone(gone) || isChanged;
  }

  /** Forgets files that were deleted; waits for those that went with their folder. True when anything is different. */
  #judgeGone(gone: readonly WatchedFile[]): boolean {
    if (gone.length === 0) return false;
    const deleted = deletedFiles(gone, this.#files.values());
    const forgotten = gone.filter(file => file.hasSettled || (!file.isVanished && deleted.has(file)));
    const isChanged = gone.filter(file => !forgotten.includes(file) && file.vanish() === 'changed').length > 0;
    for (const file of gone) this.#settling.set(file.path, forgotten.includes(file) ? undefined : file.settlesAtMs);
    if (forgotten.length === 0) return isChanged;
    const paths = new Set(forgotten.map(({ path }) => path));
    this.#files = new Map([...this.#files].filter(([path]) => !paths.has(path)));
    return true;
  }

  #index(): SourceIndex {
    this.#sources ??= new SourceIndex(this.#files.values());
    return this.#sources;
  }

  #watchFindings(): Finding[] {
    const [file] = this.#paths;
    if (file === undefined || !this.#isWatchIncomplete) return [];
    const message =
      'the system refuses to report changes of some folders; they are looked at every few seconds instead';
    return [finding('store/watch-unavailable', message, { file, line: 1, column: 1 })];
  }

  /** A file that is gone for a moment is no problem yet. */
  #problemFindings(): Finding[] {
    const told = this.#problems.filter(({ code, path }) => {
      return code !== 'store/path-not-found' || this.#files.get(path)?.isVanished !== false;
    });
    return told.map(({ code, path, message }) => finding(code, message, { file: path, line: 1, column: 1 }));
  }

  #publish(): void {
    this.#sources = undefined;
    const files = [...this.#files.values()];
    const missing = files.map(({ inUse }) => inUse.missing).filter(({ size }) => size > 0);
    const isMissing = new Set(missing.flatMap(objects => [...objects.values()].flat()));
    const duplicates = this.#table.update([...files.map(({ inUse }) => inUse.objects), ...missing]);
    const findings: Finding[] = [
      ...this.#problemFindings(),
      ...this.#watchFindings(),
      ...files.flatMap(findingsOf),
      ...settlingFindings(files, this.#options.settleMs),
    ];
    const versions = files.map(({ version }) => ({ version }));
    let index: SourceIndex | undefined;
    const sources = () => {
      index ??= new SourceIndex(versions);
      return index;
    };
    for (const duplicate of duplicates) {
      // What is missing here and written elsewhere was moved.
      if (!isMissing.has(duplicate.object)) findings.push(duplicateFinding(duplicate, sources));
    }
    this.#contents = { resources: this.#table.resources, findings };
  }
}

function fullest(files: readonly WatchedFile[]): WatchedFile | undefined {
  const most = files.reduce((found, { version }) => Math.max(found, version?.documents.length ?? 0), 0);
  return files.find(({ version }) => version?.documents.length === most);
}

function isSameProblems(a: readonly PathProblem[], b: readonly PathProblem[]): boolean {
  return a.length === b.length && a.every(({ message }, at) => message === b[at]?.message);
}
