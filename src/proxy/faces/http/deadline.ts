// SPDX-License-Identifier: Apache-2.0

import type { VolatileFields } from '../../../wire/index.ts';

/** HTTP has no field for it. */
export function deadlineOf(_fields: VolatileFields): number | undefined {
  return undefined;
}

/** As above: the endpoint is not told. */
export function withDeadline(fields: VolatileFields, _ms: number): VolatileFields {
  return fields;
}
