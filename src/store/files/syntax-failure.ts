// SPDX-License-Identifier: Apache-2.0

import type { TextPlace } from './text-place.ts';

/** Why a text is not a manifest, or not read although it is; the place is relative to the document. */
export interface SyntaxFailure extends TextPlace {
  /** What is wrong by its code; left out: `store/syntax`. */
  readonly code?:
    | 'store/template'
    | 'store/tab'
    | 'store/one-line'
    | 'store/over-limit'
    | 'store/too-many-documents'
    | 'store/too-many-failures';
  readonly message: string;
}
