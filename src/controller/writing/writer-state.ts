// SPDX-License-Identifier: Apache-2.0

import type { ContestedWrite, RefusedWrite } from '../../store/index.ts';

/** What is written to a cluster, by what it is for. */
type Queue = 'statuses' | 'objects' | 'events';

/** What a gateway does of the writing that its cluster needs. Times are of the wall clock. */
export interface WriterState {
  /** Whether this process writes statuses. */
  readonly isLeading: boolean;
  /** `namespace/name` of the Lease; '' where there is none. */
  readonly lease: string;
  /** Who holds it, as far as is known; '' when nobody does. */
  readonly holder: string;
  /** Why the Lease cannot be read or written; null: it can. */
  readonly leaseTrouble: { readonly message: string; readonly sinceMs: number } | null;
  /** Writes that wait or are under way. */
  readonly writesDue: Readonly<Record<Queue, number>>;
  /** Writes that the server does not take now. */
  readonly refused: Readonly<Record<Queue, readonly RefusedWrite[]>>;
  /** Writes that somebody else undoes each time. */
  readonly contested: readonly ContestedWrite[];
  /** How often it did not take one. */
  readonly refusals: Readonly<Record<Queue, number>>;
}
