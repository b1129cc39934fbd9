// SPDX-License-Identifier: Apache-2.0

import { fieldOf, formatGrpcTimeout, parseGrpcTimeout, type VolatileFields, withField } from '../../../wire/index.ts';

const TIMEOUT_FIELD = 'grpc-timeout';

/** `grpc-timeout` in milliseconds. */
export function deadlineOf(fields: VolatileFields): number | undefined {
  const text = fieldOf(fields, TIMEOUT_FIELD);
  return text === undefined ? undefined : parseGrpcTimeout(text);
}

/** The endpoint need not go on for longer than we wait. */
export function withDeadline(fields: VolatileFields, ms: number): VolatileFields {
  return withField(fields, TIMEOUT_FIELD, formatGrpcTimeout(ms));
}
