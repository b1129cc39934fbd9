// SPDX-License-Identifier: Apache-2.0

/**
 * Why a request is tried again: its endpoint refused the stream before it looked at it, no connection could be made, the answer's status is
 * among those of the rule, or it did not begin in time.
 */
export const RETRY_REASONS = [
  'refused',
  'connect_failure',
  'connect_timeout',
  'tls_failure',
  'status',
  'backend_timeout',
] as const;
export type RetryReason = (typeof RETRY_REASONS)[number];
