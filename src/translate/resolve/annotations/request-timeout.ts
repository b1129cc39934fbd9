// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../../errors/index.ts';
import type { GRPCRoute } from '../../../resources/index.ts';
import { parseDurationMs, readAnnotation } from './annotation.ts';

/**
 * `daemun.dev/request-timeout` of a GRPCRoute: the deadline of each of its requests, in milliseconds. null when absent
 * or `0s`: no limit but the caller's own `grpc-timeout`. (GRPCRoute has no timeouts field yet.)
 */
export function readRequestTimeout(route: GRPCRoute, findings: Finding[]): number | null {
  const timeoutMs = readAnnotation(
    route,
    {
      name: 'daemun.dev/request-timeout',
      syntax: 'a duration, such as 2s; 0s means no limit',
      fallback: 0,
      parse: parseDurationMs,
    },
    findings,
  );
  return timeoutMs === 0 ? null : timeoutMs;
}
