// SPDX-License-Identifier: Apache-2.0

import { type BackendTarget, type Cluster, type Endpoint, endpointsOf, type Snapshot } from '../snapshot/index.ts';
import { socketAddress } from '../values/index.ts';
import type { ExplainedBackend, ExplainedEndpoint } from './explanation.ts';
import { describeTls } from './tls-text.ts';

/** Where a backend's share goes, or why it fails. */
export function explainTarget(
  target: BackendTarget,
  snapshot: Snapshot,
): Pick<ExplainedBackend, 'cluster' | 'tls' | 'reach' | 'fault' | 'endpoints'> {
  if (target.kind === 'fault') return { cluster: '', tls: '', reach: '', fault: target.fault.message, endpoints: [] };
  const cluster = snapshot.clusters.find(({ id }) => id === target.cluster);
  const shape = { cluster: target.cluster, tls: cluster?.tls ? describeTls(cluster.tls) : '', reach: reachOf(cluster) };
  if (cluster?.discovery.kind === 'dns') return { ...shape, fault: '', endpoints: 'dns' };
  const set = snapshot.endpoints.find(({ cluster: id }) => id === target.cluster);
  const published = set === undefined ? [] : endpointsOf(set);
  return { ...shape, fault: published.length === 0 ? emptyText(cluster) : '', endpoints: explainEndpoints(published) };
}

function reachOf(cluster: Cluster | undefined): string {
  if (cluster === undefined || cluster.onlyNode === null || cluster.discovery.kind === 'dns') return '';
  return `endpoints on node ${cluster.onlyNode} alone: internalTrafficPolicy is Local`;
}

function emptyText(cluster: Cluster | undefined): string {
  const where = cluster === undefined || cluster.onlyNode === null ? '' : ` on node ${cluster.onlyNode}`;
  return `it has no ready endpoint${where}${where === '' ? '' : ', and its internalTrafficPolicy is Local'}`;
}

/** The endpoints of a cluster, as people are told of them. */
function explainEndpoints(endpoints: readonly Endpoint[]): readonly ExplainedEndpoint[] {
  const nearest = Math.min(...endpoints.map(distanceOf));
  const isEven = endpoints.every(endpoint => distanceOf(endpoint) === nearest);
  return endpoints.map(endpoint => {
    const { address, port, state, name } = endpoint;
    const note = isEven ? '' : distanceText(endpoint, nearest);
    return { address: socketAddress(address, port), state, name, note };
  });
}

function distanceOf({ distance }: Endpoint): number {
  return distance ?? 0;
}

const DISTANCES: readonly string[] = ['on this node', 'in this zone', 'elsewhere'];

function distanceText(endpoint: Endpoint, nearest: number): string {
  const distance = distanceOf(endpoint);
  const where = DISTANCES[distance] ?? '';
  return distance === nearest ? where : `${where}: used when no nearer one can be`;
}
