// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { findingOf } from '../report.ts';
import type { AttachableRoute } from '../route-kinds.ts';

/** A backend with less of its rule gets one request or stream in a thousand: for a canary that is not meant. */
const LEAST_SHARE_PERCENT = 0.1;

/** Backends of the rule at `at` that get next to nothing. */
export function faintWeights(
  route: AttachableRoute,
  refs: readonly { readonly name: string; readonly weight: number }[],
  at: readonly (string | number)[],
): readonly Finding[] {
  const total = refs.reduce((sum, { weight }) => sum + weight, 0);
  return refs.flatMap(({ name, weight }, index) => {
    const percent = (100 * weight) / total;
    if (weight === 0 || percent >= LEAST_SHARE_PERCENT) return [];
    return [
      findingOf('lint/faint-weight', route, {
        path: [...at, 'backendRefs', index, 'weight'],
        message: `Weight ${weight} of ${total} gives ${name} ${Number(percent.toPrecision(2))} % of ${trafficOf(route)}`,
        help: 'Write weights of one scale, such as 1 and 99; 0 for none',
      }),
    ];
  });
}

/** What the rules of a route share out. */
function trafficOf({ kind }: AttachableRoute): string {
  switch (kind) {
    case 'GRPCRoute':
    case 'HTTPRoute':
      return 'the requests';
    case 'TCPRoute':
    case 'TLSRoute':
      return 'the connections';
    case 'UDPRoute':
      return 'the sessions';
  }
}
