// SPDX-License-Identifier: Apache-2.0

/**
 * What the data plane writes for people. In: lines with their fields. Out: whatever the process does with them.
 * Never: a decision on what a line says.
 */
export { DebugLog } from './debug-log.ts';
export type { Log } from './log.ts';
export { RateLimitedLog } from './rate-limited-log.ts';
