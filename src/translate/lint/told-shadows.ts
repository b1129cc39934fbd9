// SPDX-License-Identifier: Apache-2.0

import { type Finding, MAX_LISTED_FINDINGS } from '../../errors/index.ts';
import type { RouteEntry } from '../../snapshot/index.ts';
import { compareStrings } from '../../values/index.ts';
import { findingOf, routeOf } from '../report.ts';
import type { RankedEntry } from '../rules/precedence.ts';
import type { ShadowLint, Takers } from './shadowed-matches.ts';

/** What is said of matches that are hidden, all of it warnings. */
export interface ToldShadows {
  /** By route, then place: as many as are listed. */
  readonly findings: readonly Finding[];
  /** How many more there are: nobody would see them, so they are not made. */
  readonly more: number;
}

/** A match that no request gets to, and the one that takes all of them first. */
interface Shadow {
  readonly loser: RouteEntry;
  readonly winner: RouteEntry;
  /** See `consumersOf`. */
  readonly consumers: string | null;
}

/** A match that is hidden under several hosts or listeners is told once. */
export function toldShadows(lint: ShadowLint): ToldShadows {
  const byRoute = shadowsByRoute(lint);
  const findings: Finding[] = [];
  let more = 0;
  for (const route of [...byRoute.keys()].sort(compareStrings)) {
    const shadows = toldOnce(byRoute.get(route) ?? []);
    const room = MAX_LISTED_FINDINGS - findings.length;
    if (room > 0) findings.push(...sorted(shadows).slice(0, room).map(findingOfShadow));
    more += Math.max(0, shadows.size - room);
  }
  return { findings, more };
}

/** By route, in the order of listeners and hosts; what one host after the other hides alike is there once. */
function shadowsByRoute({ tables, takers }: ShadowLint): ReadonlyMap<string, readonly Shadow[]> {
  const byRoute = new Map<string, Shadow[]>();
  const lastWinners = new Map<RouteEntry, RouteEntry>();
  const told = new Map<string | null, Set<unknown>>();
  for (const [listener, hosts] of takers) {
    const consumers = consumersOf(listener);
    const lists = told.get(consumers) ?? new Set();
    told.set(consumers, lists);
    for (const [hostname, ofHost] of hosts) {
      const ranked = tables.get(listener)?.hosts.get(hostname)?.ranked ?? [];
      if (lists.has(ranked)) continue;
      lists.add(ranked);
      for (const { loser, winner } of pairs(ranked, ofHost)) {
        if (lastWinners.get(loser) === winner) continue;
        lastWinners.set(loser, winner);
        const { kind, namespace, name } = loser.rule.origin;
        const route = `${kind}/${namespace}/${name}`;
        const known = byRoute.get(route);
        if (known === undefined) byRoute.set(route, [{ loser, winner, consumers }]);
        else known.push({ loser, winner, consumers });
      }
    }
  }
  return byRoute;
}

function* pairs(ranked: readonly RankedEntry[], takers: Takers): Generator<Pick<Shadow, 'loser' | 'winner'>> {
  for (const [place, { entry: loser }] of ranked.entries()) {
    const winner = ranked[takers[place] ?? -1]?.entry;
    if (winner !== undefined) yield { loser, winner };
  }
}

/** The namespace whose clients a table is for, they alone (`ListenerTarget.table` of a frontend); null: it is for all. */
function consumersOf(table: string): string | null {
  return /^Service\/[^ ]+:\d+\/([^ ]+) /.exec(table)?.[1] ?? null;
}

/** Of one route, by place and words. */
function toldOnce(shadows: readonly Shadow[]): ReadonlyMap<string, Shadow> {
  const once = new Map<string, Shadow>();
  for (const shadow of shadows) {
    const key = `${pathOf(shadow.loser).join('.')} ${wordsOf(shadow)}`;
    if (!once.has(key)) once.set(key, shadow);
  }
  return once;
}

function sorted(shadows: ReadonlyMap<string, Shadow>): readonly Shadow[] {
  return [...shadows].sort(([a], [b]) => compareStrings(a, b)).map(([, shadow]) => shadow);
}

const TELL_APART = 'Tell the two apart by hostname, method or headers, or split the traffic with weights in one rule';

function findingOfShadow(shadow: Shadow): Finding {
  const { loser, consumers } = shadow;
  const route = routeOf(loser.rule.origin);
  const report = { path: pathOf(loser), message: wordsOf(shadow) };
  if (isOfSameRoute(shadow)) {
    const help = 'Remove one of the two, or tell them apart by method or headers';
    return findingOf('lint/unreachable-match', route, { ...report, help });
  }
  return findingOf('lint/identical-match', route, {
    ...report,
    help:
      consumers === null
        ? TELL_APART
        : `Routes of one namespace are merged, whichever workload asks: to route two workloads of ${consumers} in two ways, give one a namespace of its own`,
  });
}

function pathOf({ rule, matchIndex }: RouteEntry): readonly (string | number)[] {
  return ['spec', 'rules', rule.origin.ruleIndex, 'matches', matchIndex];
}

function wordsOf(shadow: Shadow): string {
  const { rule, matchIndex } = shadow.winner;
  const { kind, namespace, name, ruleIndex } = rule.origin;
  const words = `No request gets here: rules[${ruleIndex}].matches[${matchIndex}]`;
  if (isOfSameRoute(shadow)) return `${words} takes all of them first`;
  return `${words} of ${kind} ${namespace}/${name} takes all of them first (the more specific hostname wins, then the older route, then the name)`;
}

function isOfSameRoute({ loser, winner }: Shadow): boolean {
  const [own, other] = [loser.rule.origin, winner.rule.origin];
  return other.kind === own.kind && other.namespace === own.namespace && other.name === own.name;
}
