// SPDX-License-Identifier: Apache-2.0

import type { FindingCode } from '../../errors/index.ts';
import { expiryOf } from '../expiry.ts';

/**
 * That the certificates of `object` (as messages name it) have expired, or the last of them, which ends at `lastMs`, will soon; null: neither. One that another
 * outlives is no news: that is how authorities are replaced.
 */
export function expiryOfTrust(
  object: string,
  lastMs: number,
  nowMs: number,
): { readonly code: FindingCode; readonly message: string; readonly help: string } | null {
  const expiry = expiryOf(lastMs, nowMs);
  if (expiry.state === 'later') return null;
  const isOver = expiry.state === 'over';
  const when = isOver ? `expired on ${expiry.day}` : `expires on ${expiry.day}`;
  return {
    code: isOver ? 'trust/expired' : 'trust/expires-soon',
    message: `The last CA certificate in ${object} ${when}`,
    help: `Add its successor to ${object}`,
  };
}
