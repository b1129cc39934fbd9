// SPDX-License-Identifier: Apache-2.0

import { type Cluster, compareEndpointSets, type EndpointSet, type Snapshot } from '../../snapshot/index.ts';

/**
 * `snapshot` with the endpoints of its DNS clusters as they are resolved now. The same object when it has none. Sets that
 * did not change keep their identity.
 */
export function withResolvedEndpoints(
  snapshot: Snapshot,
  dnsClusters: readonly Cluster[],
  endpointsOf: (cluster: string) => EndpointSet | undefined,
): Snapshot {
  if (dnsClusters.length === 0) return snapshot;
  const names = new Set(dnsClusters.map(cluster => cluster.id));
  const published = snapshot.endpoints.filter(set => !names.has(set.cluster));
  const resolved = dnsClusters.flatMap(cluster => endpointsOf(cluster.id) ?? []);
  return { ...snapshot, endpoints: [...published, ...resolved].sort(compareEndpointSets) };
}
