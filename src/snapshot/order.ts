// SPDX-License-Identifier: Apache-2.0

/**
 * The total order of a snapshot. Everything that is a set is sorted, so that equal resources give equal snapshots whatever
 * the order of their files. `VirtualHost.entries` are not a set: their order is route precedence, made by translation.
 */
import { compareHostnames, compareStrings } from '../values/index.ts';
import { type Endpoint, type EndpointSet, endpointSet, endpointsOf } from './endpoint-set.ts';
import type { ClientNamespace } from './frontend.ts';
import { type Listener, routesRequests, type ServerNameRoute, type VirtualHost } from './listener.ts';
import type { Binding, Snapshot } from './snapshot.ts';

/** By id, by code unit. */
export function compareIds(a: { readonly id: string }, b: { readonly id: string }): number {
  return compareStrings(a.id, b.id);
}

/** Most specific hostname first, then by id. */
export function compareListeners(a: Listener, b: Listener): number {
  return compareHostnames(a.hostname, b.hostname) || compareIds(a, b);
}

/** Most specific hostname first. */
export function compareVirtualHosts(a: VirtualHost, b: VirtualHost): number {
  return compareHostnames(a.hostname, b.hostname);
}

/** Most specific hostname first. */
export function compareServerNames(a: ServerNameRoute, b: ServerNameRoute): number {
  return compareHostnames(a.hostname, b.hostname);
}

/** By cluster. */
export function compareEndpointSets(a: EndpointSet, b: EndpointSet): number {
  return compareStrings(a.cluster, b.cluster);
}

/** By address, then port. */
export function compareEndpoints(a: Endpoint, b: Endpoint): number {
  return compareStrings(a.address, b.address) || a.port - b.port;
}

/** By range. */
export function compareClients(a: ClientNamespace, b: ClientNamespace): number {
  return compareStrings(a.range, b.range);
}

/** The same snapshot in the total order. */
export function sortSnapshot(snapshot: Snapshot): Snapshot {
  return {
    version: snapshot.version,
    bindings: snapshot.bindings.map(sortBinding).sort(compareIds),
    clusters: snapshot.clusters.toSorted(compareIds),
    endpoints: snapshot.endpoints
      .map(set => endpointSet(set.cluster, endpointsOf(set).toSorted(compareEndpoints)))
      .sort(compareEndpointSets),
    certificates: snapshot.certificates.toSorted(compareIds),
    trustBundles: snapshot.trustBundles.toSorted(compareIds),
    clients: snapshot.clients.toSorted(compareClients),
  };
}

function sortBinding(binding: Binding): Binding {
  return { ...binding, listeners: binding.listeners.map(sortListener).sort(compareListeners) };
}

function sortListener(listener: Listener): Listener {
  switch (listener.kind) {
    case 'http':
    case 'https':
      return { ...listener, virtualHosts: listener.virtualHosts.toSorted(compareVirtualHosts) };
    case 'tls':
      return { ...listener, serverNames: listener.serverNames.toSorted(compareServerNames) };
    case 'tcp':
    case 'udp':
      return listener;
  }
}

/** What breaks the total order, one line each ('' keys, doubles and disorder); empty when all is well. For tests. */
export function orderViolations(snapshot: Snapshot): string[] {
  return [
    ...disorder('bindings', snapshot.bindings, compareIds),
    ...disorder('clusters', snapshot.clusters, compareIds),
    ...disorder('endpoints', snapshot.endpoints, compareEndpointSets),
    ...disorder('certificates', snapshot.certificates, compareIds),
    ...disorder('trust bundles', snapshot.trustBundles, compareIds),
    ...disorder('clients', snapshot.clients, compareClients),
    ...snapshot.endpoints.flatMap(set => disorder(`endpoints of ${set.cluster}`, endpointsOf(set), compareEndpoints)),
    ...snapshot.bindings.flatMap(binding => [
      ...disorder(`listeners of ${binding.id}`, binding.listeners, compareListeners),
      ...binding.listeners.flatMap(listenerDisorder),
    ]),
  ];
}

function listenerDisorder(listener: Listener): string[] {
  if (routesRequests(listener))
    return disorder(`virtual hosts of ${listener.id}`, listener.virtualHosts, compareVirtualHosts);
  return listener.kind === 'tls'
    ? disorder(`server names of ${listener.id}`, listener.serverNames, compareServerNames)
    : [];
}

function disorder<T>(what: string, items: readonly T[], compare: (a: T, b: T) => number): string[] {
  const violations: string[] = [];
  for (const [at, item] of items.entries()) {
    const before = items[at - 1];
    if (before !== undefined && compare(before, item) >= 0)
      violations.push(`${what}: item ${at} is not after ${at - 1}`);
  }
  return violations;
}
