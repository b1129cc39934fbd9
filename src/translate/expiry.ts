// SPDX-License-Identifier: Apache-2.0

const DAY_MS = 86_400_000;
/** What ends in fewer days is told: whatever renews certificates has done so by then. */
const EXPIRES_SOON_DAYS = 30;

/** How far the end of a certificate is. Times are of the wall clock. */
export type Expiry =
  | { readonly state: 'later' }
  /** `day`: `2026-05-30`, of UTC. */
  | { readonly state: 'soon'; readonly day: string; readonly daysLeft: number }
  | { readonly state: 'over'; readonly day: string };

export function expiryOf(notAfterMs: number, nowMs: number): Expiry {
  const daysLeft = Math.floor((notAfterMs - nowMs) / DAY_MS);
  if (daysLeft >= EXPIRES_SOON_DAYS) return { state: 'later' };
  const day = new Date(notAfterMs).toISOString().slice(0, 10);
  return daysLeft < 0 ? { state: 'over', day } : { state: 'soon', day, daysLeft };
}
