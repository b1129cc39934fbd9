// SPDX-License-Identifier: Apache-2.0

/** What is shown of endpoints that nothing was sent to: a dump must not make what only requests need. */
import { type EndpointSet, endpointsOf } from '../../snapshot/index.ts';
import { endpointKey } from './endpoint-key.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { type Health, usableEndpoints } from './usable-endpoints.ts';

/** An endpoint as it is now. */
export type ShownEndpoint = Pick<
  EndpointPool,
  | 'address'
  | 'port'
  | 'name'
  | 'state'
  | 'distance'
  | 'health'
  | 'usable'
  | 'ejected'
  | 'failing'
  | 'connections'
  | 'activeRequests'
>;

const UNUSED = { ejected: false, failing: false, connections: 0, activeRequests: 0 };

/** Those of a cluster that was never used. `health`: by endpoint key; `checked`: the cluster has a health check. */
export function unusedEndpoints(
  set: EndpointSet | undefined,
  health: ReadonlyMap<string, Health>,
  checked: boolean,
): readonly ShownEndpoint[] {
  const all = (set === undefined ? [] : endpointsOf(set)).map(endpoint => {
    const distance = endpoint.distance ?? 0;
    return { ...UNUSED, ...endpoint, distance, health: health.get(endpointKey(endpoint)) ?? 'unknown' };
  });
  const usable = new Set(usableEndpoints(all, checked));
  return all.map(endpoint => ({ ...endpoint, usable: usable.has(endpoint) }));
}
