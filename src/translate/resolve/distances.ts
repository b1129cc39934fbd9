// SPDX-License-Identifier: Apache-2.0

import type { EndpointSlice, Service } from '../../resources/index.ts';
import type { Endpoint } from '../../snapshot/index.ts';
import type { Place } from '../environment.ts';

type SliceEndpoint = EndpointSlice['endpoints'][number];

/** An endpoint, and the clients that should prefer it, by the names of their nodes and zones. */
export interface HintedEndpoint {
  readonly endpoint: Endpoint;
  readonly nodes: readonly string[];
  readonly zones: readonly string[];
}

/**
 * Whom a slice says its endpoint is for. Where it says nothing, as slices written by hand, what a cluster would have written there
 * for the Service's `trafficDistribution`.
 */
export function hintsOf({ hints, nodeName, zone }: SliceEndpoint, { spec }: Service): Omit<HintedEndpoint, 'endpoint'> {
  if (hints !== undefined) return { nodes: namesOf(hints.forNodes), zones: namesOf(hints.forZones) };
  const ofZone = zone === undefined ? [] : [zone];
  if (spec.trafficDistribution === undefined) return UNHINTED;
  const isByNode = spec.trafficDistribution === 'PreferSameNode' && nodeName !== undefined;
  return { nodes: isByNode ? [nodeName] : [], zones: ofZone };
}

export const UNHINTED: Omit<HintedEndpoint, 'endpoint'> = { nodes: [], zones: [] };

function namesOf(hints: readonly { readonly name: string }[] | undefined): readonly string[] {
  return hints?.map(({ name }) => name) ?? [];
}

/**
 * The endpoints with their distance from `place`. As kube-proxy does it: hints hold only when every ready endpoint has some and one of them is for this
 * place; first those for nodes, then those for zones. Otherwise all are equally near: part of the hints would send everyone to a part of
 * the endpoints.
 */
export function withDistances(found: readonly HintedEndpoint[], { node, zone }: Place): readonly Endpoint[] {
  if (!found.some(({ nodes, zones }) => nodes.length + zones.length > 0)) return found.map(({ endpoint }) => endpoint);
  const ready = found.filter(({ endpoint }) => endpoint.state === 'ready');
  const hold = (names: (hinted: HintedEndpoint) => readonly string[], here: string | null): here is string =>
    here !== null && ready.every(one => names(one).length > 0) && ready.some(one => names(one).includes(here));
  const byNode = hold(({ nodes }) => nodes, node);
  const byZone = hold(({ zones }) => zones, zone);
  if (!byNode && !byZone) return found.map(({ endpoint }) => endpoint);
  return found.map(({ endpoint, nodes, zones }) => {
    if (byNode && nodes.includes(node)) return endpoint;
    return { ...endpoint, distance: byZone && zones.includes(zone) ? 1 : 2 };
  });
}

/** The zone of a node, as an endpoint on it says; null: none does. */
export function zoneOfNode(node: string, slices: Iterable<EndpointSlice>): string | null {
  for (const { endpoints } of slices) {
    const zone = endpoints.find(({ nodeName, zone: known }) => nodeName === node && known !== undefined)?.zone;
    if (zone !== undefined) return zone;
  }
  return null;
}
