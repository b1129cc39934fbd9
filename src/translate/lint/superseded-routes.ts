// SPDX-License-Identifier: Apache-2.0

import { type Finding, MAX_LISTED_FINDINGS } from '../../errors/index.ts';
import { ANY_HOST, compareStrings } from '../../values/index.ts';
import type { StreamTables } from '../arbitrate/stream-tables.ts';
import { findingOf, routeOf } from '../report.ts';
import type { RankedStream } from '../rules/translate-stream.ts';

/** What is said of routes of streams that get nothing, all of it warnings. */
export interface ToldSuperseded {
  /** Of which it is said: while they are the same, so is it. */
  readonly streams: StreamTables;
  /** By route, listener and server name: as many as are listed. */
  readonly findings: readonly Finding[];
  /** How many more there are: nobody would see them, so they are not made. */
  readonly more: number;
}

/** A route that is attached and gets nothing of a name, because another one takes the same connections first. */
interface Superseded {
  readonly first: RankedStream;
  readonly other: RankedStream;
  readonly listener: string;
  readonly name: string;
}

/** There are as many as routes, their listeners and their hostnames multiplied. */
export function lintSupersededRoutes(streams: StreamTables): ToldSuperseded {
  const byRule = supersededByRule(streams);
  const findings: Finding[] = [];
  let more = 0;
  for (const rule of [...byRule.keys()].sort(compareStrings)) {
    const all = byRule.get(rule) ?? [];
    const room = MAX_LISTED_FINDINGS - findings.length;
    if (room > 0) findings.push(...sorted(all).slice(0, room).map(superseded));
    more += Math.max(0, all.length - room);
  }
  return { streams, findings, more };
}

function supersededByRule(streams: StreamTables): ReadonlyMap<string, readonly Superseded[]> {
  const byRule = new Map<string, Superseded[]>();
  for (const [listener, { byName }] of streams) {
    for (const [name, [first, ...others]] of byName) {
      if (first === undefined) continue;
      for (const other of others) {
        const found = { first, other, listener, name };
        const known = byRule.get(other.rule.id);
        if (known === undefined) byRule.set(other.rule.id, [found]);
        else known.push(found);
      }
    }
  }
  return byRule;
}

function sorted(ofRule: readonly Superseded[]): readonly Superseded[] {
  return ofRule.toSorted((a, b) => compareStrings(a.listener, b.listener) || compareStrings(a.name, b.name));
}

function superseded({ other, first, listener, name }: Superseded): Finding {
  const { kind, namespace, name: winner } = first.rule.origin;
  const what = name === ANY_HOST ? 'all of it' : name;
  return findingOf('lint/superseded-route', routeOf(other.rule.origin), {
    path: ['spec', 'parentRefs'],
    message: `Nothing of listener ${listener} gets here: ${kind} ${namespace}/${winner} takes ${what} (the more specific hostname wins, then the older route, then the name)`,
    help: 'Attach one of the two to another listener, or share the traffic out by weights in one route',
  });
}
