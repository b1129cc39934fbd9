// SPDX-License-Identifier: Apache-2.0

import type { CatalogueEntry } from './catalogue-entry.ts';

/** Codes of findings about what is written into statuses. */
export const STATUS_CODES = {
  'status/broken': {
    severity: 'error',
    summary: 'making the status broke, by a fault of daemun; it stays what it was, and all else goes on',
    help: 'report it, with what `daemun bundle` collects',
  },
} as const satisfies Record<`status/${string}`, CatalogueEntry>;
