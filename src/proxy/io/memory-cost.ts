// SPDX-License-Identifier: Apache-2.0

/** What parts of a request cost in memory, for those who are charged with it. */
import type { VolatileFields } from '../../wire/index.ts';

/** An open request without data: two streams, exchange, attempt and a usual head, rounded up. */
export const EXCHANGE_BYTES = 4096;
/** Of one string in a list of fields, beside its characters. */
const STRING_BYTES = 32;

/** What a list of per-request fields costs. O(fields). */
export function fieldBytes(fields: VolatileFields): number {
  let bytes = 0;
  if (fields !== null) for (let at = 0; at < fields.length; at++) bytes += (fields[at] as string).length + STRING_BYTES;
  return bytes;
}
