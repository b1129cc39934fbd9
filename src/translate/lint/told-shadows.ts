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

/** A match that no request gets to at a host, and the one that takes all of them first. */
interface Shadow {
  readonly loser: RouteEntry;
  readonly winner: RouteEntry;
  /** At each host of each listener, that is. */
  readonly isEverywhere: boolean;
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

/** By route; what one host after the other hides alike is there once. What is for all clients comes first, whichever table was there first. */
function shadowsByRoute(lint: ShadowLint): ReadonlyMap<string, readonly Shadow[]> {
  const byRoute = new Map<string, Shadow[]>();
  if (lint.takers.size === 0) return byRoute;
  const lists = [...listsOf(lint)].sort((a, b) => Number(a.consumers !== null) - Number(b.consumers !== null));
  const reached = reachedAmong(hiddenIn(lists), lists);
  const lastWinners = new Map<RouteEntry, RouteEntry>();
  for (const { ranked, takers, consumers } of lists) {
    for (const { loser, winner } of pairs(ranked, takers)) {
      if (lastWinners.get(loser) === winner) continue;
      lastWinners.set(loser, winner);
      const { kind, namespace, name } = loser.rule.origin;
      const route = `${kind}/${namespace}/${name}`;
      const isEverywhere = reached.get(loser.rule.id)?.has(loser.matchIndex) !== true;
      const shadow = { loser, winner, isEverywhere, consumers };
      const known = byRoute.get(route);
      if (known === undefined) byRoute.set(route, [shadow]);
      else known.push(shadow);
    }
  }
  return byRoute;
}

/** A list of entries, as one host or several have it. */
interface List {
  readonly ranked: readonly RankedEntry[];
  /** Undefined: none of them is hidden. */
  readonly takers: Takers | undefined;
  readonly consumers: string | null;
}

/** Each list once, though many hosts have it. */
function* listsOf({ tables, takers }: ShadowLint): Generator<List> {
  const seen = new Set<unknown>();
  for (const [listener, { hosts }] of tables) {
    for (const [hostname, { ranked }] of hosts) {
      if (seen.has(ranked)) continue;
      seen.add(ranked);
      yield { ranked, takers: takers.get(listener)?.get(hostname), consumers: consumersOf(listener) };
    }
  }
}

/** Indexes of matches, by rule. */
type Matches = Map<string, Set<number>>;

function hiddenIn(lists: readonly List[]): Matches {
  const hidden: Matches = new Map();
  for (const { ranked, takers } of lists) for (const { loser } of pairs(ranked, takers)) note(hidden, loser);
  return hidden;
}

/** Those of `hidden` that requests get to at another host. */
function reachedAmong(hidden: Matches, lists: readonly List[]): Matches {
  const reached: Matches = new Map();
  for (const { ranked, takers } of lists) {
    ranked.forEach(({ entry }, place) => {
      if ((takers?.[place] ?? -1) < 0 && hidden.get(entry.rule.id)?.has(entry.matchIndex)) note(reached, entry);
    });
  }
  return reached;
}

function note(matches: Matches, { rule, matchIndex }: RouteEntry): void {
  const known = matches.get(rule.id);
  if (known === undefined) matches.set(rule.id, new Set([matchIndex]));
  else known.add(matchIndex);
}

function* pairs(
  ranked: readonly RankedEntry[],
  takers: Takers | undefined,
): Generator<Pick<Shadow, 'loser' | 'winner'>> {
  if (takers === undefined) return;
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
  const nobody = shadow.isEverywhere ? 'No request gets here' : 'At one host or more no request gets here';
  const { kind, namespace, name, ruleIndex } = rule.origin;
  const words = `${nobody}: rules[${ruleIndex}].matches[${matchIndex}]`;
  if (isOfSameRoute(shadow)) return `${words} takes all of them first`;
  return `${words} of ${kind} ${namespace}/${name} takes all of them first (the more specific hostname wins, then the older route, then the name)`;
}

function isOfSameRoute({ loser, winner }: Shadow): boolean {
  const [own, other] = [loser.rule.origin, winner.rule.origin];
  return other.kind === own.kind && other.namespace === own.namespace && other.name === own.name;
}
