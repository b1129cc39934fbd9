// SPDX-License-Identifier: Apache-2.0

/** Why a text is not a manifest, or not read although it is; line and column start at 1 and are relative to the document. */
export interface SyntaxFailure {
  /** What is wrong by its code; left out: `store/syntax`. */
  readonly code?:
    | 'store/template'
    | 'store/tab'
    | 'store/one-line'
    | 'store/over-limit'
    | 'store/too-many-documents'
    | 'store/too-many-failures';
  readonly message: string;
  readonly line: number;
  readonly column: number;
}
