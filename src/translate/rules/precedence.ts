// SPDX-License-Identifier: Apache-2.0

import type { GrpcMatch, RouteEntry } from '../../snapshot/index.ts';
import { ANY_HOST, compareHostnames, compareStrings, hostnameCovers, interned } from '../../values/index.ts';
import { type Aged, compareAge } from '../age.ts';

/** What of a route the place of its entries depends on. */
export interface RankedRoute extends Aged {
  /** Its own, in lower case, most specific first; not those that are left of them at a listener. */
  readonly hostnames: readonly string[];
}

/** An entry with what its place depends on. */
export interface RankedEntry {
  readonly entry: RouteEntry;
  readonly route: RankedRoute;
  /** 0: exact method, 1: regular expression, 2: none. */
  readonly methodRank: number;
  readonly serviceLength: number;
  readonly methodLength: number;
  readonly headerCount: number;
  /** Equal for matches that take the same requests (as far as text tells). */
  readonly matchKey: string;
}

/** The text of a match: equal for equal matches, whatever the order of their headers. */
export function matchKey({ method, headers }: GrpcMatch): string {
  const start = method === null ? '*' : `${method.kind} ${method.service ?? ''}/${method.method ?? ''}`;
  if (headers.length === 0) return interned(start);
  const fields = headers.map(header => `${header.name} ${header.kind} ${header.value}`);
  return [start, ...fields.sort(compareStrings)].join('\n');
}

/** Prepares `entry` of `route` for `compareEntries`. */
export function rankEntry(entry: RouteEntry, route: RankedRoute): RankedEntry {
  const { method, headers } = entry.match;
  return {
    entry,
    route,
    methodRank: method === null ? 2 : method.kind === 'exact' ? 0 : 1,
    serviceLength: method?.service?.length ?? 0,
    methodLength: method?.method?.length ?? 0,
    headerCount: headers.length,
    matchKey: matchKey(entry.match),
  };
}

/**
 * The order of the entries of one virtual host, best first: the route whose own hostname is more specific stands first, also
 * when a listener's hostname leaves nothing of the difference (GatewayRouteHostnameIntersectionPrecedence).
 */
export function entryOrder(hostname: string): (a: RankedEntry, b: RankedEntry) => number {
  return (a, b) =>
    (a.route === b.route ? 0 : compareHostnames(ownHostname(a.route, hostname), ownHostname(b.route, hostname))) ||
    compareEntries(a, b);
}

/** The most specific hostname of a route that takes all hosts of `hostname`: that which brought the route there. */
function ownHostname({ hostnames }: RankedRoute, hostname: string): string {
  return hostnames.find(own => hostnameCovers(own, hostname)) ?? ANY_HOST;
}

/**
 * The precedence of GRPCRoute (GRPCRouteRule.matches) among routes of equal hostnames, best first:
 *
 * > Precedence MUST be given to the rule with the largest number of:
 * > Characters in a matching non-wildcard hostname. Characters in a matching hostname.   (virtual hosts, entryOrder)
 * > Characters in a matching service. Characters in a matching method. Header matches.
 * > If ties still exist across multiple Routes: the oldest Route based on creation timestamp; the Route appearing first
 * > in alphabetical order by "{namespace}/{name}".
 * > If ties still exist within the Route that has been given precedence: the first matching rule meeting the above
 * > criteria.
 *
 * Where regular expressions stand is left to us: after every exact method, longer patterns first.
 */
export function compareEntries(a: RankedEntry, b: RankedEntry): number {
  return (
    a.methodRank - b.methodRank ||
    b.serviceLength - a.serviceLength ||
    b.methodLength - a.methodLength ||
    b.headerCount - a.headerCount ||
    compareAge(a.route, b.route) ||
    a.entry.rule.origin.ruleIndex - b.entry.rule.origin.ruleIndex ||
    a.entry.matchIndex - b.entry.matchIndex
  );
}
