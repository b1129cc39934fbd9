// SPDX-License-Identifier: Apache-2.0

import type { Stats } from 'node:fs';
import type { Clock } from '../../time/index.ts';
import type { AdmitOptions } from '../admit.ts';
import { type FileVersion, readVersion } from './file-version.ts';
import { type InUse, isSettling, missingAltogether, NOTHING_IN_USE, selectInUse } from './in-use.ts';
import type { FileProblem } from './manifest-limits.ts';
import { readManifest } from './read-manifest.ts';

/** How long a file that looks half-written is read again before it is judged: most writers are done by then. */
const DOUBT_MS = 75;
/** How long a file is gone before it counts as deleted: many editors delete it before they put the new one in its place. */
const DELETED_MS = 250;
/** How often a file that is written to all the time is left alone. */
const MAX_WAITS = 100;

const NEW_LINE = Buffer.from('\n');

/** What reading a file came to. */
export type ReadOutcome = 'unchanged' | 'changed' | 'busy' | 'doubtful' | 'gone';

interface Reading {
  readonly isWatched: boolean;
  readonly identity: string;
  readonly maxIssues: number;
}

export interface WatchedFileOptions extends AdmitOptions {
  readonly clock: Clock;
  /** How long something must be missing before that is taken for meant. */
  readonly settleMs: number;
}

/**
 * One file with what is written in it, what of that is in use, and why it could not be read.
 *
 * What is added or changed holds at once. What is missing holds at once when the file was replaced by another one (a
 * rename, a checkout, an editor's save), which is complete. In a file that was written in place, or is empty, it may
 * come back any moment: it is served on until the file has been so for `settleMs`.
 */
export class WatchedFile {
  readonly path: string;
  readonly #options: WatchedFileOptions;
  /** As `findFiles` saw it when it was last read. */
  signature = '';
  version: FileVersion | undefined;
  inUse: InUse = NOTHING_IN_USE;
  problem: FileProblem | undefined;
  /** True when the file is gone, perhaps not for long. */
  isVanished = false;
  /** The version that was last taken for complete. */
  #whole: FileVersion | undefined;
  /** Which file it was, of all that may stand under this name. */
  #identity = '';
  #missingSinceMs: number | undefined;
  #doubtfulSinceMs: number | undefined;
  #waits = 0;

  constructor(path: string, options: WatchedFileOptions) {
    this.path = path;
    this.#options = options;
  }

  /** When to read it again, for something is missing. On the clock of the options. */
  get settlesAtMs(): number | undefined {
    return this.#missingSinceMs === undefined ? undefined : this.#missingSinceMs + this.#options.settleMs;
  }

  /**
   * Reads it. With `isWatched`, what looks half-written is 'doubtful' at first: read it again soon. Many writers empty a
   * file before they fill it, and some remove it before they put the new one in its place. At most `maxIssues` issues of its
   * objects are kept.
   */
  read(isWatched: boolean, maxIssues: number): ReadOutcome {
    const { clock } = this.#options;
    const patience = { mayWait: () => ++this.#waits <= MAX_WAITS, wallMs: () => clock.wallMs() };
    const found = readManifest(this.path, isWatched ? patience : null);
    if (found === 'busy') return 'busy';
    this.#waits = 0;
    if (found === undefined) return isWatched && !this.isVanished && this.#isDoubtful(DELETED_MS) ? 'doubtful' : 'gone';
    if ('code' in found) return this.#fail(found);
    this.signature = found.signature;
    return this.#accept(found.bytes, { isWatched, identity: identityOf(found.stats), maxIssues });
  }

  /** What would be in use if a line were added that says nothing. Changes nothing. */
  rehearse(): InUse {
    const { version } = this;
    // Where something was left out all is read again, which would double what a hostile file costs.
    if (version === undefined || version.isPartial) return this.inUse;
    const bytes = Buffer.concat([version.bytes, NEW_LINE]);
    return selectInUse(readVersion(this.path, bytes, { ...this.#options, previous: version }), this.inUse, this.#whole);
  }

  /** The file is gone together with its folder, or with all others of it: what it held is served on until that settles. */
  vanish(): ReadOutcome {
    if (this.isVanished) return 'unchanged';
    this.isVanished = true;
    this.problem = undefined;
    this.inUse = missingAltogether(this.inUse);
    this.#missingSinceMs = this.#options.clock.nowMs();
    return 'changed';
  }

  /** True when what is missing has been so for long enough. */
  get hasSettled(): boolean {
    const { settlesAtMs } = this;
    return settlesAtMs !== undefined && settlesAtMs <= this.#options.clock.nowMs();
  }

  #accept(bytes: Buffer, { isWatched, identity, maxIssues }: Reading): ReadOutcome {
    const { version } = this;
    const next = readVersion(this.path, bytes, { ...this.#options, previous: version, maxIssues });
    const isNew = next !== version || this.isVanished;
    const isReplaced = identity !== this.#identity && next.documents.some(({ content }) => content.objects.length > 0);
    const isComplete = isReplaced || (!isNew && this.hasSettled);
    if (!isNew && !(isComplete && this.#missingSinceMs !== undefined)) return this.#unchanged();
    const inUse = selectInUse(next, this.inUse, isComplete ? undefined : this.#whole);
    const isSuspect = next.hasFailure || isSettling(inUse);
    if (isWatched && isNew && isSuspect && this.#isDoubtful(DOUBT_MS)) return 'doubtful';
    this.#doubtfulSinceMs = undefined;
    this.isVanished = false;
    this.problem = undefined;
    this.version = next;
    this.inUse = inUse;
    this.#identity = identity;
    this.#missingSinceMs = isSettling(inUse) ? this.#options.clock.nowMs() : undefined;
    if (!isSettling(inUse) && !inUse.isStale) this.#whole = next;
    return 'changed';
  }

  #unchanged(): ReadOutcome {
    this.#doubtfulSinceMs = undefined;
    if (this.problem === undefined) return 'unchanged';
    this.problem = undefined;
    return 'changed';
  }

  #isDoubtful(forMs: number): boolean {
    const nowMs = this.#options.clock.nowMs();
    this.#doubtfulSinceMs ??= nowMs;
    if (nowMs - this.#doubtfulSinceMs < forMs) return true;
    this.#doubtfulSinceMs = undefined;
    return false;
  }

  #fail(problem: FileProblem): ReadOutcome {
    this.#doubtfulSinceMs = undefined;
    const isSame = this.problem?.code === problem.code && this.problem.message === problem.message;
    this.problem = problem;
    return isSame ? 'unchanged' : 'changed';
  }
}

/** Tells a file from the one that stood under its name before; a number may be used again at once, a time of birth is not. */
function identityOf({ dev, ino, birthtimeMs }: Stats): string {
  return `${dev}:${ino}:${birthtimeMs}`;
}
