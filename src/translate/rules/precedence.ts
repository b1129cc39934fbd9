// SPDX-License-Identifier: Apache-2.0

import type { RequestMatch, RouteEntry } from '../../snapshot/index.ts';
import {
  ANY_HOST,
  compareHostnames,
  compareStrings,
  coveringHostnames,
  hostnameCovers,
  interned,
} from '../../values/index.ts';
import { type Aged, compareAge } from '../age.ts';
import { compareGrpcMatches, grpcTargetKey } from './grpc-precedence.ts';
import { compareHttpMatches, httpTargetKey } from './http-precedence.ts';

/** What of a route the place of its entries depends on. */
export interface RankedRoute extends Aged {
  /** Its own, in lower case, in the order of `compareHostnames`; not those that are left of them at a listener. */
  readonly hostnames: readonly string[];
}

/** An entry with what its place depends on. */
export interface RankedEntry {
  readonly entry: RouteEntry;
  readonly route: RankedRoute;
  /** Equal for matches that take the same requests (as far as text tells). */
  readonly matchKey: string;
}

/** The text of a match: equal for equal matches, whatever the order of their headers. */
export function matchKey(match: RequestMatch): string {
  const start = targetKey(match);
  if (match.headers.length === 0) return interned(start);
  const fields = match.headers.map(header => `${header.name} ${header.kind} ${header.value}`);
  return [start, ...fields.sort(compareStrings)].join('\n');
}

function targetKey(match: RequestMatch): string {
  switch (match.kind) {
    case 'grpc':
      return grpcTargetKey(match);
    case 'http':
      return httpTargetKey(match);
  }
}

/** Prepares `entry` of `route` for `compareEntries`. */
export function rankEntry(entry: RouteEntry, route: RankedRoute): RankedEntry {
  return { entry, route, matchKey: matchKey(entry.match) };
}

/**
 * The order of the entries of one virtual host, best first: the route whose own hostname is more specific stands first, also
 * when a listener's hostname leaves nothing of the difference (GatewayRouteHostnameIntersectionPrecedence).
 */
export function entryOrder(hostname: string): (a: RankedEntry, b: RankedEntry) => number {
  return (a, b) => compareOwnHostnames(a.route, b.route, hostname) || compareEntries(a, b);
}

/** The order of routes that take all connections of one server name, best first: by their own hostnames as above, then by age. */
export function rankedOrder(
  hostname: string,
): (a: { readonly route: RankedRoute }, b: { readonly route: RankedRoute }) => number {
  return ({ route: a }, { route: b }) => compareOwnHostnames(a, b, hostname) || compareAge(a, b);
}

/** Whether entries of `routes` stand in the same order under both hostnames, as far as those make it. */
export function haveSameOrder(routes: readonly RankedRoute[], one: string, other: string): boolean {
  const pairs = routes.map(route => [ownHostname(route, one), ownHostname(route, other)] as const);
  if (pairs.every(([own, its]) => own === its)) return true;
  // A hostname itself stands before whatever else takes it: so the same routes must have it, the others what is equal for them.
  return pairs.every(([own, its]) => (own === one ? its === other : own === its && its !== other));
}

function compareOwnHostnames(a: RankedRoute, b: RankedRoute, hostname: string): number {
  return a === b ? 0 : compareHostnames(ownHostname(a, hostname), ownHostname(b, hostname));
}

/** Up to here looking at each is quicker than looking for a few. */
const FEW = 16;

/** The most specific hostname of a route that takes all hosts of `hostname`: that which brought the route there. */
function ownHostname({ hostnames }: RankedRoute, hostname: string): string {
  if (hostnames.length <= FEW) return hostnames.find(own => hostnameCovers(own, hostname)) ?? ANY_HOST;
  for (const own of coveringHostnames(hostname)) if (isAmong(hostnames, own)) return own;
  return ANY_HOST;
}

/** A TLSRoute may have a thousand, and is asked for each of them beside each other route. */
function isAmong(sorted: readonly string[], hostname: string): boolean {
  let [low, high] = [0, sorted.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = compareHostnames(sorted[middle] ?? '', hostname);
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}

/**
 * The precedence of entries among routes of equal hostnames, best first. Rules of different kinds are never merged: those for gRPC
 * calls stand before those for any HTTP request (GRPCRoute, "Cross Serving"). Within a kind its own criteria, then
 *
 * > If ties still exist across multiple Routes: the oldest Route based on creation timestamp; the Route appearing first
 * > in alphabetical order by "{namespace}/{name}".
 * > If ties still exist within the Route that has been given precedence: the first matching rule meeting the above
 * > criteria.
 */
export function compareEntries(a: RankedEntry, b: RankedEntry): number {
  return (
    compareMatches(a.entry.match, b.entry.match) ||
    compareAge(a.route, b.route) ||
    a.entry.rule.origin.ruleIndex - b.entry.rule.origin.ruleIndex ||
    a.entry.matchIndex - b.entry.matchIndex
  );
}

function compareMatches(a: RequestMatch, b: RequestMatch): number {
  if (a.kind === 'grpc') return b.kind === 'grpc' ? compareGrpcMatches(a, b) : -1;
  return b.kind === 'grpc' ? 1 : compareHttpMatches(a, b);
}
