// SPDX-License-Identifier: Apache-2.0

import type { RequestMatch } from '../../snapshot/index.ts';
import type { ListenerTable, ListenerTables } from '../arbitrate/listener-tables.ts';
import { changedKeys, updateMap } from '../changes.ts';
import { matchKey, type RankedEntry } from '../rules/precedence.ts';
import { BroadPaths } from './broad-paths.ts';

/**
 * The lint's result, kept for the next time. Findings are made when they are told: three bytes of a file can be a hidden match, and a
 * finding is hundreds of memory.
 */
export interface ShadowLint {
  readonly tables: ListenerTables;
  /** By listener, then hostname; only hosts that have any. */
  readonly takers: ReadonlyMap<string, HostTakers>;
  /** What was found in each list, for lists are those of many hosts. */
  readonly inLists: FoundInLists;
}

/** For each of a host's entries the place of the one that takes all of its requests before it; -1: it can be reached. */
export type Takers = Int32Array;
type HostTakers = ReadonlyMap<string, Takers>;
type FoundInLists = WeakMap<readonly RankedEntry[], Takers | null>;

/** Looks for shadows in those hosts whose entries changed; in another weight or backend of the same matches there is none to find. */
export function lintShadows(tables: ListenerTables, previous: ShadowLint | undefined): ShadowLint {
  if (previous?.tables === tables) return previous;
  const takers = new Map<string, HostTakers>();
  const inLists: FoundInLists = previous?.inLists ?? new WeakMap();
  // Listeners that are alike have one table, and came to it from one.
  const done = new Map<
    ListenerTable,
    Pick<LookedAt, 'before' | 'known'> & { readonly found: HostTakers | undefined }
  >();
  for (const [listener, table] of tables) {
    const before = previous?.tables.get(listener);
    const known = previous?.takers.get(listener);
    let work = done.get(table);
    if (work === undefined || work.before !== before || work.known !== known) {
      const found = before === table ? known : takersOf(table, { before, known, inLists });
      work = { before, known, found };
      done.set(table, work);
    }
    if (work.found !== undefined && work.found.size > 0) takers.set(listener, work.found);
  }
  return { tables, takers, inLists };
}

/** What was found before of a listener. */
interface LookedAt {
  readonly before: ListenerTable | undefined;
  readonly known: HostTakers | undefined;
  readonly inLists: FoundInLists;
}

function takersOf({ hosts }: ListenerTable, { before, known = NONE, inLists }: LookedAt): HostTakers {
  const old = before?.hosts ?? NO_HOSTS;
  const found = new Map<string, Takers | undefined>();
  for (const hostname of changedKeys(old, hosts)) {
    const [was, ranked] = [old.get(hostname)?.ranked, hosts.get(hostname)?.ranked ?? []];
    if (was !== undefined && haveSameMatches(was, ranked)) continue;
    const takers = takersIn(ranked, inLists);
    if (takers !== undefined || known.has(hostname)) found.set(hostname, takers);
  }
  return updateMap(known, found);
}

function takersIn(ranked: readonly RankedEntry[], inLists: FoundInLists): Takers | undefined {
  const known = inLists.get(ranked);
  if (known !== undefined) return known ?? undefined;
  const takers = findTakers(ranked);
  inLists.set(ranked, takers ?? null);
  return takers;
}

const NONE: HostTakers = new Map();
const NO_HOSTS: ListenerTable['hosts'] = new Map();

function haveSameMatches(before: readonly RankedEntry[], after: readonly RankedEntry[]): boolean {
  if (before === after) return true;
  return before.length === after.length && before.every(({ matchKey: key }, at) => key === after[at]?.matchKey);
}

/**
 * Matches that can never be reached, because one that stands before them takes all that they take. `ranked` is one
 * hostname's entries in order. One pass: among exact methods the order of precedence leaves only equal ones to be
 * found (a broader match always stands behind a narrower one), and a pattern without special characters is looked up
 * under each method that includes it. Undefined: there are none.
 */
export function findTakers(ranked: readonly RankedEntry[]): Takers | undefined {
  if (ranked.length < 2) return undefined;
  const first = new Map<string, number>();
  const broad = new BroadPaths();
  let takers: Takers | undefined;
  for (const [place, { entry, matchKey: key }] of ranked.entries()) {
    const taker = first.get(key) ?? findBroader(entry.match, first) ?? broad.takerOf(entry.match);
    if (taker === undefined) {
      first.set(key, place);
      broad.add(entry.match, place);
    } else {
      takers ??= new Int32Array(ranked.length).fill(-1);
      takers[place] = taker;
    }
  }
  return takers;
}

function findBroader(match: RequestMatch, first: ReadonlyMap<string, number>): number | undefined {
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
