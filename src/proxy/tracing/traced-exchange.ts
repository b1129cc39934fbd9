// SPDX-License-Identifier: Apache-2.0

import type { RequestMatch } from '../../snapshot/index.ts';
import type { HeaderList, VolatileFields } from '../../wire/index.ts';
import type { Face, Outcome } from '../faces/index.ts';

/** A request that is over, as far as its span tells. */
export interface TracedExchange {
  /** As a trusted proxy says, else the peer's. */
  readonly clientAddress: string;
  readonly owner: {
    readonly peerAddress: string;
    /** 0: not known. */
    readonly peerPort: number;
    readonly version: string;
  };
  readonly decision: TracedDecision | null;
  readonly attempts: {
    readonly count: number;
    readonly current: { readonly endpoint: { readonly key: string } | null } | null;
  };
  /** As received. */
  readonly fields: VolatileFields;
  readonly outcome: Outcome;
  readonly startedMs: number;
}

export interface TracedDecision {
  readonly head: HeaderList;
  readonly listener: string;
  readonly face: Pick<Face, 'name'>;
  readonly proto: 'http' | 'https';
  /** What the target was normalised to; null: it is as it came. */
  readonly target: string | null;
  /** What took the request; null: nothing did. */
  readonly match: RequestMatch | null;
  readonly rule: {
    readonly rule: { readonly origin: { readonly kind: string } };
    readonly route: string;
    readonly ruleName: string;
  } | null;
}
