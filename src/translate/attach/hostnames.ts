// SPDX-License-Identifier: Apache-2.0

import { compareHostnames, hostnameMatches, intersectHostnames } from '../../values/index.ts';

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

/**
 * The one of `others` (hostnames of listeners on the same port) to which every host of `hostname` goes instead of to
 * a listener with `own`, since the most specific listener owns a host (listener isolation); undefined when none.
 */
export function isolatedBy(hostname: string, own: string, others: readonly string[]): string | undefined {
  return others.find(other => other !== own && compareHostnames(other, own) < 0 && takesAll(other, hostname));
}

function takesAll(pattern: string, hostname: string): boolean {
  if (pattern === hostname) return true;
  return hostname.startsWith('*.')
    ? hostname.endsWith(pattern.slice(1)) && pattern.startsWith('*')
    : hostnameMatches(pattern, hostname);
}
