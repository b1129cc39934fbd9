// SPDX-License-Identifier: Apache-2.0

import { compareHostnames, intersectHostnames } from '../../values/index.ts';

/**
 * The hosts for which a route serves a listener: each route hostname intersected with the listener's; the listener's
 * own when the route has none. Sorted, without duplicates; empty when nothing intersects (GRPCRouteSpec.hostnames).
 */
export function attachedHostnames(listenerHostname: string, routeHostnames: readonly string[]): readonly string[] {
  if (routeHostnames.length === 0) return [listenerHostname];
  const hosts = new Set<string>();
  for (const hostname of routeHostnames) {
    const both = intersectHostnames(listenerHostname, hostname.toLowerCase());
    if (both !== undefined) hosts.add(both);
  }
  return [...hosts].sort(compareHostnames);
}
