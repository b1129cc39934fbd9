// SPDX-License-Identifier: Apache-2.0

const DAY_MS = 86_400_000;
/** What ends in fewer days is told: whatever renews certificates has done so by then. */
const EXPIRES_SOON_DAYS = 30;

/** How far the end of a certificate is. Times are of the wall clock. */
export type Expiry =
  | { readonly state: 'later' }
  /** `day`: `2026-05-30`, of UTC. */
  | { readonly state: 'soon'; readonly day: string }
  | { readonly state: 'over'; readonly day: string };

export function expiryOf(notAfterMs: number, nowMs: number): Expiry {
  if (nowMs <= soonMs(notAfterMs)) return { state: 'later' };
  const day = new Date(notAfterMs).toISOString().slice(0, 10);
  return { state: nowMs > notAfterMs ? 'over' : 'soon', day };
}

/** The first moment after `nowMs` at which `expiryOf` says something else; null: there is none. */
export function nextExpiryMs(notAfterMs: number, nowMs: number): number | null {
  if (nowMs > notAfterMs) return null;
  return (nowMs > soonMs(notAfterMs) ? notAfterMs : soonMs(notAfterMs)) + 1;
}

function soonMs(notAfterMs: number): number {
  return notAfterMs - EXPIRES_SOON_DAYS * DAY_MS;
}
