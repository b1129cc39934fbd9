// SPDX-License-Identifier: Apache-2.0

import type { VolatileFields } from '../../../wire/index.ts';

/** HTTP has no field for it. */
export function withAttempt(fields: VolatileFields): VolatileFields {
  return fields;
}
