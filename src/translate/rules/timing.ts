// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { HTTPRouteRule } from '../../resources/index.ts';
import { type RetryPolicy, type RuleTiming, UNTIMED } from '../../snapshot/index.ts';
import { GrpcStatus, parseDuration } from '../../values/index.ts';
import { readAnnotation } from '../resolve/annotations/annotation.ts';
import { BACKEND_REQUEST_TIMEOUT } from '../resolve/annotations/backend-request-timeout.ts';
import { REQUEST_TIMEOUT } from '../resolve/annotations/request-timeout.ts';
import { DEFAULT_BACKOFF_MS, RETRY } from '../resolve/annotations/retry.ts';
import type { RequestRoute, RouteRule } from '../route-kinds.ts';

/** What a route's annotations say for all of its rules; an HTTPRoute has fields for it. */
export function readRouteTiming(route: RequestRoute, findings: Finding[]): RuleTiming {
  switch (route.kind) {
    case 'GRPCRoute':
      return {
        requestTimeoutMs: readAnnotation(route, REQUEST_TIMEOUT, findings),
        backendTimeoutMs: readAnnotation(route, BACKEND_REQUEST_TIMEOUT, findings),
        retry: readAnnotation(route, RETRY, findings),
      };
    case 'HTTPRoute':
      return UNTIMED;
  }
}

/** `ofRoute`: what `readRouteTiming` says. */
export function compileTiming(source: RouteRule, ofRoute: RuleTiming): RuleTiming {
  switch (source.kind) {
    case 'GRPCRoute':
      return ofRoute;
    case 'HTTPRoute': {
      const { timeouts, retry } = source.rule;
      return {
        requestTimeoutMs: limitOf(timeouts?.request),
        backendTimeoutMs: limitOf(timeouts?.backendRequest),
        retry: compileRetry(retry),
      };
    }
  }
}

/** Zero is no timeout (HTTPRouteTimeouts). */
function limitOf(duration: string | undefined): number | null {
  const ms = parseDuration(duration ?? '') ?? 0;
  return ms === 0 ? null : ms;
}

/**
 * A gRPC call that is answered with UNAVAILABLE was not processed (HTTPRouteRetry), so it is tried again beside the codes that
 * are listed.
 */
function compileRetry(retry: HTTPRouteRule['retry']): RetryPolicy | null {
  if (retry === undefined || retry.attempts === 0) return null;
  const { attempts, codes = [], backoff } = retry;
  return {
    attempts,
    httpStatuses: [...codes].sort((a, b) => a - b),
    grpcStatuses: [GrpcStatus.UNAVAILABLE],
    backoffMs: backoff === undefined ? DEFAULT_BACKOFF_MS : (parseDuration(backoff) ?? DEFAULT_BACKOFF_MS),
  };
}
