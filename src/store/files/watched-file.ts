// SPDX-License-Identifier: Apache-2.0

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { messageOf } from '../../errors/index.ts';
import type { ParseOptions } from '../../resources/index.ts';
import { type FileVersion, readVersion } from './file-version.ts';
import { signatureOf } from './find-files.ts';
import { type InUse, NOTHING_IN_USE, selectInUse } from './in-use.ts';

/** A manifest of a hundred thousand routes has 40 MiB. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** How often a file that is gone or looks half-written is read again before it is believed. */
const MAX_DOUBTS = 3;
/** How often a file that is written to all the time is left alone. */
const MAX_WAITS = 100;
/** A file written to less than this ago may still be being written. */
const QUIET_MS = 3;

/** What reading a file came to. */
export type ReadOutcome = 'unchanged' | 'changed' | 'busy' | 'doubtful' | 'gone';

/** One file with what is written in it, what of that is in use, and why it could not be read. */
export class WatchedFile {
  readonly path: string;
  readonly #options: ParseOptions;
  /** As `findFiles` saw it when it was last read. */
  signature = '';
  version: FileVersion | undefined;
  inUse: InUse = NOTHING_IN_USE;
  problem: FileProblem | undefined;
  #doubts = 0;
  #waits = 0;

  constructor(path: string, options: ParseOptions) {
    this.path = path;
    this.#options = options;
  }

  /**
   * Reads it. With `isWatched`, what looks half-written is 'doubtful' at first: read it again soon. Many writers empty a
   * file before they fill it, and some remove it before they put the new one in its place.
   */
  read(isWatched: boolean): ReadOutcome {
    const found = this.#readBytes(isWatched);
    if (found === 'busy') return 'busy';
    this.#waits = 0;
    if (Buffer.isBuffer(found)) return this.#accept(found, isWatched);
    if (found !== undefined) return this.#fail(found);
    return isWatched && this.#isDoubtful() ? 'doubtful' : 'gone';
  }

  #accept(bytes: Buffer, isWatched: boolean): ReadOutcome {
    const { version } = this;
    const next = readVersion(this.path, bytes, { ...this.#options, previous: version });
    const isNew = next !== version;
    if (isWatched && isNew && looksHalfWritten(next, version) && this.#isDoubtful()) return 'doubtful';
    this.#doubts = 0;
    if (!isNew && this.problem === undefined) return 'unchanged';
    this.problem = undefined;
    this.version = next;
    this.inUse = selectInUse(next, this.inUse);
    return 'changed';
  }

  #isDoubtful(): boolean {
    this.#doubts++;
    if (this.#doubts <= MAX_DOUBTS) return true;
    this.#doubts = 0;
    return false;
  }

  #fail(problem: FileProblem): ReadOutcome {
    const isSame = this.problem?.code === problem.code && this.problem.message === problem.message;
    this.problem = problem;
    return isSame ? 'unchanged' : 'changed';
  }

  #readBytes(isWatched: boolean): Buffer | FileProblem | 'busy' | undefined {
    let file: number | undefined;
    try {
      file = openSync(this.path, 'r');
      const before = fstatSync(file);
      if (before.size > MAX_FILE_BYTES) return tooLarge(this.path);
      if (isWatched && Date.now() - before.mtimeMs < QUIET_MS && this.#mayWait()) return 'busy';
      const bytes = readFileSync(file);
      const signature = signatureOf(before);
      if (isWatched && signatureOf(fstatSync(file)) !== signature && this.#mayWait()) return 'busy';
      this.signature = signature;
      return bytes;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      return { code: 'store/unreadable', message: messageOf(error) };
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  #mayWait(): boolean {
    return ++this.#waits <= MAX_WAITS;
  }
}

function tooLarge(path: string): FileProblem {
  return { code: 'store/file-too-large', message: `${path} is larger than 64 MiB and is not read` };
}

export interface FileProblem {
  readonly code: 'store/unreadable' | 'store/file-too-large';
  readonly message: string;
}

/** No YAML any more, or with fewer documents: emptied, or not yet written to its end. */
function looksHalfWritten(next: FileVersion, previous: FileVersion | undefined): boolean {
  if (previous === undefined) return false;
  return next.hasFailure || next.documents.length < previous.documents.length;
}
