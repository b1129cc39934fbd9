// SPDX-License-Identifier: Apache-2.0

import { MAX_FILE_ISSUES, MAX_KEPT_ISSUES } from './kept-issues.ts';
import type { ReadOutcome, WatchedFile } from './watched-file.ts';

/** Reads files so that all of them together keep no more issues than there is room for. Made for each round of reading. */
export class IssueRoom {
  #kept = 0;

  constructor(files: Iterable<WatchedFile>) {
    for (const file of files) this.#kept += issuesOf(file);
  }

  /** As `WatchedFile.read`. */
  read(file: WatchedFile, isWatched: boolean): ReadOutcome {
    const ofOthers = this.#kept - issuesOf(file);
    const outcome = file.read(isWatched, Math.min(MAX_FILE_ISSUES, MAX_KEPT_ISSUES - ofOthers));
    this.#kept = ofOthers + issuesOf(file);
    return outcome;
  }
}

function issuesOf({ version }: WatchedFile): number {
  return version?.issueCount ?? 0;
}
