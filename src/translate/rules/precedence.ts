// SPDX-License-Identifier: Apache-2.0

import type { GrpcMatch, RouteEntry } from '../../snapshot/index.ts';
import { compareStrings } from '../../values/index.ts';
import { type Aged, compareAge } from '../age.ts';

/** An entry with what its place depends on. Within one hostname: hostnames are ranked by the order of virtual hosts. */
export interface RankedEntry {
  readonly entry: RouteEntry;
  readonly route: Aged;
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
  if (headers.length === 0) return start;
  const fields = headers.map(header => `${header.name} ${header.kind} ${header.value}`);
  return [start, ...fields.sort(compareStrings)].join('\n');
}

/** Prepares `entry` of `route` for `compareEntries`. */
export function rankEntry(entry: RouteEntry, route: Aged): RankedEntry {
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
 * The precedence of GRPCRoute (GRPCRouteRule.matches), best first:
 *
 * > Precedence MUST be given to the rule with the largest number of:
 * > Characters in a matching non-wildcard hostname. Characters in a matching hostname.   (the order of virtual hosts)
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
