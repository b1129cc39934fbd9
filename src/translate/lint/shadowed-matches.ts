// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { GATEWAY_GROUP } from '../../resources/index.ts';
import type { RequestMatch, RouteEntry, RuleOrigin } from '../../snapshot/index.ts';
import { compareStrings } from '../../values/index.ts';
import type { ListenerTable, ListenerTables } from '../arbitrate/listener-tables.ts';
import { changedKeys, updateMap } from '../changes.ts';
import { findingOf, type Named } from '../report.ts';
import { matchKey, type RankedEntry } from '../rules/precedence.ts';
import { BroadPaths } from './broad-paths.ts';

/** The lint's result, kept for the next time. */
export interface ShadowLint {
  readonly tables: ListenerTables;
  /** By listener, then hostname; only hosts that have any. */
  readonly findings: ReadonlyMap<string, ReadonlyMap<string, readonly Finding[]>>;
}

/** Looks for shadows in those hosts whose entries changed; in another weight or backend of the same matches there is none to find. */
export function lintShadows(tables: ListenerTables, previous: ShadowLint | undefined): ShadowLint {
  if (previous?.tables === tables) return previous;
  const findings = new Map<string, ReadonlyMap<string, readonly Finding[]>>();
  for (const [listener, table] of tables) {
    const before = previous?.tables.get(listener);
    const known = previous?.findings.get(listener);
    const found = before === table ? known : shadowsOf(table, { before, known, consumers: consumersOf(listener) });
    if (found !== undefined && found.size > 0) findings.set(listener, found);
  }
  return { tables, findings };
}

/** A match that is hidden under several hosts or listeners is reported once. */
export function shadowFindings({ findings }: ShadowLint): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const hosts of findings.values()) {
    for (const list of hosts.values()) {
      for (const finding of list) {
        const { kind, namespace, name } = finding.resource ?? { kind: '', namespace: '', name: '' };
        const key = `${kind}/${namespace}/${name} ${finding.path.join('.')} ${finding.message}`;
        if (!found.has(key)) found.set(key, finding);
      }
    }
  }
  return [...found].sort(([a], [b]) => compareStrings(a, b)).map(([, finding]) => finding);
}

/** The namespace whose clients a table is for, they alone (`ListenerTarget.table` of a frontend); null: it is for all. */
function consumersOf(table: string): string | null {
  return /^Service\/[^ ]+:\d+\/([^ ]+) /.exec(table)?.[1] ?? null;
}

interface KnownShadows {
  readonly before: ListenerTable | undefined;
  readonly known: ReadonlyMap<string, readonly Finding[]> | undefined;
  readonly consumers: string | null;
}

function shadowsOf(
  { hosts }: ListenerTable,
  { before, known = NONE, consumers }: KnownShadows,
): ReadonlyMap<string, readonly Finding[]> {
  const old = before?.hosts ?? NO_HOSTS;
  const found = new Map<string, readonly Finding[] | undefined>();
  for (const hostname of changedKeys(old, hosts)) {
    const [was, ranked] = [old.get(hostname)?.ranked, hosts.get(hostname)?.ranked ?? []];
    if (was !== undefined && haveSameMatches(was, ranked)) continue;
    const shadows = findShadows(ranked, consumers);
    if (shadows.length > 0 || known.has(hostname)) found.set(hostname, shadows.length > 0 ? shadows : undefined);
  }
  return updateMap(known, found);
}

const NONE: ReadonlyMap<string, readonly Finding[]> = new Map();
const NO_HOSTS: ListenerTable['hosts'] = new Map();

function haveSameMatches(before: readonly RankedEntry[], after: readonly RankedEntry[]): boolean {
  if (before === after) return true;
  return before.length === after.length && before.every((entry, at) => isSamePlace(entry, after[at]));
}

function isSamePlace(a: RankedEntry, b: RankedEntry | undefined): boolean {
  if (a === b) return true;
  return a.matchKey === b?.matchKey && a.entry.rule.id === b.entry.rule.id && a.entry.matchIndex === b.entry.matchIndex;
}

/**
 * Matches that can never be reached, because one that stands before them takes all that they take. `ranked` is one
 * hostname's entries in order. One pass: among exact methods the order of precedence leaves only equal ones to be
 * found (a broader match always stands behind a narrower one), and a pattern without special characters is looked up
 * under each method that includes it. `consumers`: see `consumersOf`.
 */
export function findShadows(ranked: readonly RankedEntry[], consumers: string | null = null): readonly Finding[] {
  if (ranked.length < 2) return [];
  const first = new Map<string, RouteEntry>();
  const broad = new BroadPaths();
  const findings: Finding[] = [];
  for (const { entry, matchKey: key } of ranked) {
    const winner = first.get(key) ?? findBroader(entry.match, first) ?? broad.takerOf(entry.match);
    if (winner === undefined) {
      first.set(key, entry);
      broad.add(entry);
    } else findings.push(shadow(entry, winner, consumers));
  }
  return findings;
}

function findBroader(match: RequestMatch, first: ReadonlyMap<string, RouteEntry>): RouteEntry | undefined {
  if (match.kind !== 'grpc' || match.method?.kind !== 'regex') return undefined;
  const service = literal(match.method.service);
  const method = literal(match.method.method);
  const candidates: (readonly [string | null, string | null])[] = [];
  if (service !== undefined && method !== undefined) candidates.push([service, method]);
  if (service !== undefined && service !== null) candidates.push([service, null]);
  if (method !== undefined && method !== null) candidates.push([null, method]);
  for (const [candidateService, candidateMethod] of candidates) {
    const exact = { kind: 'exact', service: candidateService, method: candidateMethod } as const;
    const found =
      first.get(matchKey({ ...match, method: exact })) ?? first.get(matchKey({ ...match, method: exact, headers: [] }));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The text that a pattern stands for; null stays null; undefined when it is a real pattern. */
function literal(pattern: string | null): string | null | undefined {
  if (pattern === null) return null;
  const text = pattern.replaceAll('\\.', '.');
  return /^[A-Za-z0-9_.]*$/.test(text) && !/(^|[^\\])\./.test(pattern) ? text : undefined;
}

/** The route that a rule is of. */
export function routeOf({ kind, namespace, name }: RuleOrigin): Named {
  return { apiVersion: `${GATEWAY_GROUP}/v1`, kind, metadata: { namespace, name } };
}

const TELL_APART = 'Tell the two apart by hostname, method or headers, or split the traffic with weights in one rule';

function shadow(loser: RouteEntry, winner: RouteEntry, consumers: string | null): Finding {
  const { origin } = loser.rule;
  const other = winner.rule.origin;
  const route = routeOf(origin);
  const sameRoute = other.kind === origin.kind && other.namespace === origin.namespace && other.name === origin.name;
  const path = ['spec', 'rules', origin.ruleIndex, 'matches', loser.matchIndex];
  const winnerMatch = `rules[${other.ruleIndex}].matches[${winner.matchIndex}]`;
  if (sameRoute) {
    return findingOf('lint/unreachable-match', route, {
      path,
      message: `No request gets here: ${winnerMatch} takes all of them first`,
      help: 'Remove one of the two, or tell them apart by method or headers',
    });
  }
  return findingOf('lint/identical-match', route, {
    path,
    message: `No request gets here: ${winnerMatch} of ${other.kind} ${other.namespace}/${other.name} takes all of them first (the more specific hostname wins, then the older route, then the name)`,
    help:
      consumers === null
        ? TELL_APART
        : `Routes of one namespace are merged, whichever workload asks: to route two workloads of ${consumers} in two ways, give one a namespace of its own`,
  });
}
