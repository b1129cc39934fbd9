// SPDX-License-Identifier: Apache-2.0

import type { ObjectIssue } from '../admit.ts';
import type { DocumentContent, WrittenObject } from './document.ts';

/** Findings about objects that are kept of one file: nobody reads more, and a byte of text can make a hundred of memory. */
export const MAX_FILE_ISSUES = 5000;
/** Of all files together: about 20 MiB. */
export const MAX_KEPT_ISSUES = 20_000;

/** Issues that were counted, and not kept. */
export interface LeftOut {
  readonly errors: number;
  readonly others: number;
}

const NONE: LeftOut = { errors: 0, others: 0 };

/** What is kept of a document. */
export interface KeptContent {
  readonly content: DocumentContent;
  readonly leftOut: LeftOut;
}

/** Lets the issues of documents be kept while there is room for them, document after document. */
export class IssueAllowance {
  #left: number;

  constructor(left: number) {
    this.#left = Math.max(0, left);
  }

  /** The very content when there is room for all that is to say about it. */
  fit(content: DocumentContent): KeptContent {
    const count = countIssues(content);
    if (count <= this.#left) {
      this.#left -= count;
      return { content, leftOut: NONE };
    }
    const dropped: ObjectIssue[] = [];
    const objects = content.objects.map(object => this.#cut(object, dropped));
    const errors = dropped.filter(({ severity }) => severity === 'error').length;
    return { content: { ...content, objects }, leftOut: { errors, others: dropped.length - errors } };
  }

  #cut(object: WrittenObject, dropped: ObjectIssue[]): WrittenObject {
    const { issues } = object;
    const kept = issues.slice(0, this.#left);
    this.#left -= kept.length;
    for (const issue of issues.slice(kept.length)) dropped.push(issue);
    return { ...object, issues: kept };
  }
}

export function countIssues({ objects }: DocumentContent): number {
  let count = 0;
  for (const { issues } of objects) count += issues.length;
  return count;
}

export function isCut({ leftOut }: KeptContent): boolean {
  return leftOut.errors + leftOut.others > 0;
}

/** The sum of what was left out of documents. */
export function allLeftOut(documents: readonly KeptContent[]): LeftOut {
  let [errors, others] = [0, 0];
  for (const { leftOut } of documents) {
    errors += leftOut.errors;
    others += leftOut.others;
  }
  return { errors, others };
}
