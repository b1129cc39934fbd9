// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../head/header-list.ts';
import type { VolatileFields } from '../head/volatile-fields.ts';

/** What a field counts beside its text (RFC 9113 §6.5.2). */
const FIELD_BYTES = 32;

/**
 * What a header list counts against SETTINGS_MAX_HEADER_LIST_SIZE. One look at each field that varies; at the others only where
 * what the list costs in memory, which is more, does not show that it is under `limit`: then a number up to `limit` is returned.
 */
export function listSize(list: HeaderList, fields: VolatileFields, limit: number): number {
  let varying = 0;
  if (fields !== null) {
    for (let at = 0; at < fields.length; at++) varying += (fields[at] as string).length;
    varying += (fields.length / 2) * FIELD_BYTES;
  }
  if (list.bytes + varying <= limit) return list.bytes + varying;
  const { names, values } = list;
  let size = varying + names.length * FIELD_BYTES;
  for (let at = 0; at < names.length; at++) size += (names[at] as string).length + (values[at] as string).length;
  return size;
}
