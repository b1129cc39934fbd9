// SPDX-License-Identifier: Apache-2.0

import { fieldOf, type VolatileFields, withField } from '../../../wire/index.ts';

const ATTEMPTS_FIELD = 'grpc-previous-rpc-attempts';

/** Servers read how many tries there were before (gRFC A6); those that the client made itself count too. */
export function withAttempt(fields: VolatileFields): VolatileFields {
  const before = fieldOf(fields, ATTEMPTS_FIELD) ?? '';
  return withField(fields, ATTEMPTS_FIELD, String(/^\d{1,6}$/.test(before) ? Number(before) + 1 : 1));
}
