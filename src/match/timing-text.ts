// SPDX-License-Identifier: Apache-2.0

import type { RetryPolicy, RuleTiming } from '../snapshot/index.ts';
import { grpcStatusWord } from '../values/index.ts';

/** How long a rule's requests may take and when they are tried again, to follow where they go; '' when nothing is said. */
export function describeTiming(
  { requestTimeoutMs, backendTimeoutMs, retry }: RuleTiming,
  protocol: 'grpc' | 'http',
): string {
  const parts = [
    ...(requestTimeoutMs === null ? [] : [`within ${requestTimeoutMs} ms`]),
    ...(backendTimeoutMs === null ? [] : [`each try answered within ${backendTimeoutMs} ms`]),
    ...(retry === null ? [] : [describeRetry(retry, protocol)]),
  ];
  return parts.map(part => `, ${part}`).join('');
}

/** `tried again up to 3 times after failed connections, 500 and 503`. */
function describeRetry({ attempts, httpStatuses, grpcStatuses }: RetryPolicy, protocol: 'grpc' | 'http'): string {
  const words = protocol === 'grpc' ? grpcStatuses.map(code => grpcStatusWord(code) ?? String(code)) : [];
  const causes = ['failed connections', ...httpStatuses.map(String), ...words];
  const last = causes.pop();
  const list = causes.length === 0 ? last : `${causes.join(', ')} and ${last}`;
  return `tried again ${attempts === 1 ? 'once' : `up to ${attempts} times`} after ${list}`;
}
