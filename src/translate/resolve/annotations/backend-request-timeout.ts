// SPDX-License-Identifier: Apache-2.0

import { type Annotation, parseOptionalDurationMs } from './annotation.ts';

/**
 * How long an endpoint may take to begin its answer to a call of a GRPCRoute, each try by itself, in milliseconds; null when absent
 * or `0s`: no limit. (`timeouts.backendRequest` of an HTTPRoute.)
 */
export const BACKEND_REQUEST_TIMEOUT: Annotation<number | null> = {
  name: 'daemun.dev/backend-request-timeout',
  kinds: ['GRPCRoute'],
  syntax: 'a duration, such as 500ms; 0s means no limit',
  fallback: null,
  parse: parseOptionalDurationMs,
};
