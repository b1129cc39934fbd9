// SPDX-License-Identifier: Apache-2.0

import type { DocumentContent } from './document.ts';
import type { SyntaxFailure } from './syntax-failure.ts';

/** To say what is wrong with a text takes longer than to read one that is sound; nobody reads more of it. */
const MAX_FAILED_DOCUMENTS = 1000;
/** Faults of its objects together, told or not: half as many again as 10,000 routes have with one in each of their 128 matches. */
const MAX_FILE_FAULTS = 2_000_000;
/** Objects of a file: Lists may have many in a few bytes, and each that is refused is remembered. */
const MAX_FILE_OBJECTS = 150_000;
/** Of broken documents together that are parsed again for the sake of a better message: up to 4 s for each MiB. */
const MAX_FILE_DESCRIBED_BYTES = 512 * 1024;

/** What reading a file may cost. Made for each reading; told of each document in turn. */
export class FileBudget {
  #failed = 0;
  #faults = 0;
  #objects = 0;
  #described = 0;

  add({ objects, failure }: DocumentContent): void {
    if (failure !== undefined) this.#failed++;
    this.#objects += objects.length;
    for (const { faults } of objects) this.#faults += faults;
  }

  /** True when a broken text of this length may be parsed again for a better message; it is charged for it. */
  takeDescription(length: number): boolean {
    if (this.#described + length > MAX_FILE_DESCRIBED_BYTES) return false;
    this.#described += length;
    return true;
  }

  /** What stands in the place of the rest of the file when no more of it is read. */
  get end(): DocumentContent | undefined {
    if (this.#failed >= MAX_FAILED_DOCUMENTS) return TOO_MANY_FAILED;
    if (this.#faults > MAX_FILE_FAULTS) return TOO_MANY_FAULTS;
    return this.#objects > MAX_FILE_OBJECTS ? TOO_MANY_OBJECTS : undefined;
  }
}

const TOO_MANY_FAILED = restOf(
  'store/too-many-failures',
  `${MAX_FAILED_DOCUMENTS} documents before this one cannot be read`,
);
const TOO_MANY_FAULTS = restOf(
  'store/too-many-failures',
  `the objects before this one have more than ${MAX_FILE_FAULTS} faults together`,
);
const TOO_MANY_OBJECTS = restOf(
  'store/too-many-documents',
  `the file has more than ${MAX_FILE_OBJECTS} objects before this one`,
);

const ENDS: readonly DocumentContent[] = [TOO_MANY_FAILED, TOO_MANY_FAULTS, TOO_MANY_OBJECTS];

/** True for what stands in the place of the rest of a file. */
export function isEnd(content: DocumentContent): boolean {
  return ENDS.includes(content);
}

function restOf(code: NonNullable<SyntaxFailure['code']>, why: string): DocumentContent {
  const message = `${why}; from here on the file is not read`;
  return { objects: [], failure: { code, message, line: 1, column: 1 } };
}
