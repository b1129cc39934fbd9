// SPDX-License-Identifier: Apache-2.0

import type { ServerNameRoute } from '../../snapshot/index.ts';
import { compareHostnames } from '../../values/index.ts';
import { updateMap } from '../changes.ts';
import { rankedOrder } from '../rules/precedence.ts';
import type { RankedStream } from '../rules/translate-stream.ts';
import type { RouteChange } from '../rules/translated-routes.ts';
import { type Done, RepeatedWork } from './repeated-work.ts';
import { collectStreamSwaps, type StreamSwap } from './stream-swaps.ts';

/** The stream rules of one listener. Listeners that are alike share one. */
export interface StreamTable {
  /** All that are attached, by server name, the one that gets the connections first. Never empty. */
  readonly byName: ReadonlyMap<string, readonly RankedStream[]>;
  /** The first of each, most specific server name first. */
  readonly serverNames: readonly ServerNameRoute[];
}

/** By `ListenerTarget.table`. */
export type StreamTables = ReadonlyMap<string, StreamTable>;

/**
 * Decides, over all routes of each listener, which stream rule gets the connections of a server name (`*` where there are none: TCP,
 * UDP): the route whose own hostname is more specific, then the oldest (TCPRoute: "the oldest Route"), then by name. All others stay
 * attached and get none. Server names whose rule is the same keep their identity.
 */
export function arbitrateStreams(changes: ReadonlyMap<string, RouteChange>, previous: StreamTables): StreamTables {
  const swaps = collectStreamSwaps(changes);
  if (swaps.size === 0) return previous;
  const done = new RepeatedWork<StreamTable | undefined, StreamSwap, DoneTable>();
  const tables = new Map(previous);
  for (const [listener, steps] of swaps) {
    const before = previous.get(listener);
    let work = done.find(before, steps, () => true);
    if (work === undefined) {
      work = { before, steps, after: editTable(before, steps) };
      done.add(work);
    }
    if (work.after === undefined) tables.delete(listener);
    else tables.set(listener, work.after);
  }
  return tables;
}

type DoneTable = Done<StreamTable | undefined, StreamSwap, StreamTable | undefined>;

const NO_NAMES: StreamTable['byName'] = new Map();

function editTable(table: StreamTable | undefined, swaps: readonly StreamSwap[]): StreamTable | undefined {
  const known = table?.byName ?? NO_NAMES;
  const changes = new Map<string, readonly RankedStream[] | undefined>();
  for (const [name, { removed, added }] of editsByName(swaps)) {
    const kept = (known.get(name) ?? []).filter(stream => !removed.has(stream));
    const streams = [...kept, ...added].sort(rankedOrder(name));
    changes.set(name, streams.length === 0 ? undefined : streams);
  }
  const byName = updateMap(known, changes);
  if (byName.size === 0) return undefined;
  return { byName, serverNames: editServerNames(table?.serverNames ?? [], changes) };
}

/** What goes and what comes. */
interface NameEdit {
  readonly removed: Set<RankedStream>;
  readonly added: RankedStream[];
}

function editsByName(swaps: readonly StreamSwap[]): ReadonlyMap<string, NameEdit> {
  const edits = new Map<string, NameEdit>();
  for (const { hostnames, removed, added } of swaps) {
    for (const name of hostnames) {
      let edit = edits.get(name);
      if (edit === undefined) {
        edit = { removed: new Set(), added: [] };
        edits.set(name, edit);
      }
      if (removed !== null) edit.removed.add(removed);
      if (added !== null) edit.added.push(added);
    }
  }
  return edits;
}

/** The old order first: it is one sorted run, so that the sort is hardly more than one pass. */
function editServerNames(
  before: readonly ServerNameRoute[],
  changes: ReadonlyMap<string, readonly RankedStream[] | undefined>,
): readonly ServerNameRoute[] {
  const fresh = new Map(changes);
  let isSame = true;
  const after: ServerNameRoute[] = [];
  for (const route of before) {
    const { hostname, rule } = route;
    if (!fresh.has(hostname)) {
      after.push(route);
      continue;
    }
    const first = fresh.get(hostname)?.[0];
    fresh.delete(hostname);
    if (first?.rule !== rule) isSame = false;
    if (first !== undefined) after.push(first.rule === rule ? route : { hostname, rule: first.rule });
  }
  for (const [hostname, [first] = []] of fresh) if (first !== undefined) after.push({ hostname, rule: first.rule });
  if (isSame && after.length === before.length) return before;
  return after.sort((a, b) => compareHostnames(a.hostname, b.hostname));
}
