// SPDX-License-Identifier: Apache-2.0

import type { EndReason } from '../message/end-reason.ts';

/** What is wrong with what a peer sent: it breaks the rules, or is larger than is read. */
export type FaultReason = Extract<EndReason, 'protocol' | 'overload'>;

/** A head that is none, or is not read. */
export class HeadFault {
  /** For people. */
  readonly detail: string;
  readonly reason: FaultReason;

  constructor(detail: string, reason: FaultReason = 'protocol') {
    this.detail = detail;
    this.reason = reason;
  }
}
