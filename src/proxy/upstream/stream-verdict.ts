// SPDX-License-Identifier: Apache-2.0

import type { StreamEnd } from '../../wire/index.ts';

/**
 * Whether our codec ended a stream because headers of the answer are over our limits. That is no sign of a sick endpoint: a
 * client can make it send them.
 */
export function isOwnLimit({ reason, origin }: StreamEnd): boolean {
  return origin === 'codec' && reason === 'overload';
}

/** What an answer with this HTTP status says of its endpoint, for `ClusterPool.done`. */
export function verdictOnStatus(status: number): 'ok' | 'failed' {
  return status >= 502 && status <= 504 ? 'failed' : 'ok';
}

/** What a stream that ended so says of its endpoint, for `ClusterPool.done`. */
export function verdictOn(end: StreamEnd): 'ok' | 'failed' {
  return end.origin === 'leaving' || isOwnLimit(end) ? 'ok' : 'failed';
}
