// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Endpoints, Service } from '../../resources/index.ts';
import type { Cluster, EndpointSet } from '../../snapshot/index.ts';
import { sortedKeys } from '../changes.ts';
import type { ResolvedBackend } from '../resolve/backend-refs.ts';
import { type ResolvedCluster, resolveCluster } from '../resolve/clusters.ts';
import type { SliceIndex } from '../resolve/slice-index.ts';
import type { TranslatedRoute } from '../rules/grpc-route.ts';
import { share } from '../share.ts';

/** The clusters that routes use, sorted by id, with their endpoints. */
export interface PublishedClusters {
  readonly sources: ClusterSources;
  readonly byId: ReadonlyMap<string, ResolvedCluster>;
  readonly clusters: readonly Cluster[];
  readonly endpoints: readonly EndpointSet[];
}

/** All that clusters are made of. */
export interface ClusterSources {
  readonly routes: ReadonlyMap<string, TranslatedRoute>;
  readonly services: ReadonlyMap<string, Service>;
  readonly slices: SliceIndex;
  readonly endpoints: ReadonlyMap<string, Endpoints>;
}

const NO_SLICES: readonly never[] = [];

/** Builds the clusters whose Service or endpoints changed; the others keep their identity. */
export function publishClusters(sources: ClusterSources, previous: PublishedClusters | undefined): PublishedClusters {
  if (previous !== undefined && sameSources(previous.sources, sources)) return { ...previous, sources };
  const wanted = wantedClusters(sources.routes);
  const byId = new Map<string, ResolvedCluster>();
  for (const id of sortedKeys(previous?.byId.keys() ?? [], wanted)) {
    const backend = wanted.get(id);
    const service = backend === undefined ? undefined : sources.services.get(backend.service);
    if (backend === undefined || service === undefined) continue;
    byId.set(id, updateCluster(service, backend, { sources, known: previous?.byId.get(id) }));
  }
  const all = [...byId.values()];
  return {
    sources,
    byId,
    clusters: keepList(
      previous?.clusters,
      all.map(resolved => resolved.cluster),
    ),
    endpoints: keepList(
      previous?.endpoints,
      all.map(resolved => resolved.endpoints),
    ),
  };
}

/** What there is to say about the Services of the clusters. */
export function clusterFindings(published: PublishedClusters): readonly Finding[] {
  const findings: Finding[] = [];
  for (const resolved of published.byId.values()) findings.push(...resolved.findings);
  return findings;
}

function sameSources(a: ClusterSources, b: ClusterSources): boolean {
  return a.routes === b.routes && a.services === b.services && a.slices === b.slices && a.endpoints === b.endpoints;
}

function wantedClusters(routes: ReadonlyMap<string, TranslatedRoute>): ReadonlyMap<string, ResolvedBackend> {
  const wanted = new Map<string, ResolvedBackend>();
  for (const route of routes.values()) {
    // A route that is attached nowhere sends nothing, so its clusters need no connections or health checks.
    if (route.attachments.length === 0) continue;
    for (const backend of route.backends) wanted.set(backend.clusterId, backend);
  }
  return wanted;
}

function updateCluster(
  service: Service,
  backend: ResolvedBackend,
  { sources, known }: { sources: ClusterSources; known: ResolvedCluster | undefined },
): ResolvedCluster {
  const slices = sources.slices.byService.get(backend.service) ?? NO_SLICES;
  const endpoints = sources.endpoints.get(backend.service);
  const isSame =
    known !== undefined &&
    known.service === service &&
    known.sources.slices === slices &&
    known.sources.endpoints === endpoints;
  if (isSame) return known;
  const resolved = resolveCluster(service, backend.port, { slices, endpoints });
  if (known === undefined) return resolved;
  return {
    ...resolved,
    cluster: share(known.cluster, resolved.cluster),
    endpoints: share(known.endpoints, resolved.endpoints),
  };
}

function keepList<T>(previous: readonly T[] | undefined, next: readonly T[]): readonly T[] {
  const same = previous?.length === next.length && next.every((item, index) => item === previous[index]);
  return same && previous !== undefined ? previous : next;
}
