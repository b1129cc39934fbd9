// SPDX-License-Identifier: Apache-2.0

/** First wait after a failure. */
const BASE_MS = 200;
/** Each failure in a row multiplies the wait by this … */
const FACTOR = 1.6;
/** … up to this. Low, because a Pod that comes back should get traffic soon and a refused connect costs little. */
const MAX_MS = 10_000;
/** Spread of each wait, so that workers and replicas do not reconnect together. */
const JITTER = 0.2;

/** Milliseconds to wait after `failures` (≥ 1) failures in a row. `random` is in [0, 1). */
export function backoffMs(failures: number, random: number): number {
  const wait = Math.min(MAX_MS, BASE_MS * FACTOR ** (failures - 1));
  return wait * (1 - JITTER + 2 * JITTER * random);
}
