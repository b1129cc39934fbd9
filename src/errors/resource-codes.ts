// SPDX-License-Identifier: Apache-2.0

import type { CatalogueEntry } from './catalogue-entry.ts';

/** Codes of findings about objects of any kind. */
export const RESOURCE_CODES = {
  'resource/broken': {
    severity: 'error',
    summary:
      'taking the object as it is written broke, by a fault of daemun; it is served as it was before, if it was, and all else goes on',
    help: 'report it, with what `daemun bundle` collects',
  },
} as const satisfies Record<`resource/${string}`, CatalogueEntry>;
