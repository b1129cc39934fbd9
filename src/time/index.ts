// SPDX-License-Identifier: Apache-2.0

/**
 * Time and chance. In: nothing. Out: clocks, timers, random numbers, as interfaces that everyone is given and the machine's
 * own for the edges. Never: a date's text, a schedule. A test fails where anyone else asks the machine directly.
 */
export type { Clock, Timer } from './clock.ts';
export { type Random, systemRandom } from './random.ts';
export { systemClock } from './system-clock.ts';
