// SPDX-License-Identifier: Apache-2.0

import type { FindingCode } from '../../errors/index.ts';
import type { AuthorityCertificate } from '../environment.ts';

const DAY_MS = 86_400_000;
const EXPIRES_SOON_DAYS = 30;

/**
 * That the certificates of `object` (as messages name it) have expired, or the last of them will soon; null: neither. One that another
 * outlives is no news: that is how authorities are replaced.
 */
export function expiryOfTrust(
  object: string,
  certificates: readonly AuthorityCertificate[],
  nowMs: number,
): { readonly code: FindingCode; readonly message: string; readonly help: string } | null {
  const lastMs = certificates.reduce((last, { notAfterMs }) => Math.max(last, notAfterMs), 0);
  const daysLeft = Math.floor((lastMs - nowMs) / DAY_MS);
  if (daysLeft >= EXPIRES_SOON_DAYS) return null;
  const isOver = daysLeft < 0;
  const day = new Date(lastMs).toISOString().slice(0, 10);
  const when = isOver ? `expired on ${day}` : `expires on ${day}, in ${daysLeft} days`;
  return {
    code: isOver ? 'trust/expired' : 'trust/expires-soon',
    message: `The last CA certificate in ${object} ${when}`,
    help: `Add its successor to ${object}`,
  };
}
