// SPDX-License-Identifier: Apache-2.0

/** A number in [0, 1), for choices that may be guessed. Secrets come from `node:crypto`. */
export type Random = () => number;

/** The machine's. Named at the edges only, as `systemClock` is. */
export const systemRandom: Random = () => Math.random();
