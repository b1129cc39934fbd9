// SPDX-License-Identifier: Apache-2.0

import type { Severity } from './finding.ts';

/** What a code means, for people. */
export interface CatalogueEntry {
  readonly severity: Severity;
  /** What is the case, in one line; the finding's message says it of one object. */
  readonly summary: string;
  /** What to do, in one line; findings may say it more precisely. */
  readonly help: string;
}
