// SPDX-License-Identifier: Apache-2.0

import { type Annotation, parseOptionalDurationMs } from './annotation.ts';

/**
 * The deadline of each request of a GRPCRoute, in milliseconds. null when absent or `0s`: no limit but the caller's own
 * `grpc-timeout`. (GRPCRoute has no timeouts field yet.)
 */
export const REQUEST_TIMEOUT: Annotation<number | null> = {
  name: 'daemun.dev/request-timeout',
  kinds: ['GRPCRoute'],
  syntax: 'a duration, such as 2s; 0s means no limit',
  fallback: null,
  parse: parseOptionalDurationMs,
};
