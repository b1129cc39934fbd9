// SPDX-License-Identifier: Apache-2.0

import type { VirtualHost } from '../../snapshot/index.ts';
import { compareHostnames, haveSameItems } from '../../values/index.ts';
import { updateMap } from '../changes.ts';
import type { RouteChange } from '../rules/translated-routes.ts';
import { collectSwaps, type EntrySwap, type PlacedSwap } from './entry-swaps.ts';
import { HostEditor } from './host-editor.ts';
import type { HostTable } from './host-table.ts';
import { type Done, RepeatedWork } from './repeated-work.ts';

/** One listener's virtual hosts, most specific hostname first. Listeners that are alike share one. */
export interface ListenerTable {
  readonly hosts: ReadonlyMap<string, HostTable>;
  readonly virtualHosts: readonly VirtualHost[];
}

/** By `ListenerTarget.table`. */
export type ListenerTables = ReadonlyMap<string, ListenerTable>;

/**
 * Decides, over all routes of each listener, which entry gets a request: the entries of each hostname in the order of precedence.
 * Hosts that no changed route touches keep their identity; listeners with the same entries under the same hostnames have one table.
 */
export function arbitrateRoutes(changes: ReadonlyMap<string, RouteChange>, previous: ListenerTables): ListenerTables {
  const edits = collectSwaps(changes);
  if (edits.size === 0) return previous;
  const editor = new TableEditor(previous);
  const tables = new Map(previous);
  for (const [listener, steps] of edits) {
    const table = editor.edit(previous.get(listener), steps);
    if (table === undefined) tables.delete(listener);
    else tables.set(listener, table);
  }
  return tables;
}

/** Edits the tables of one pass, what is alike once. */
class TableEditor {
  readonly #before: ListenerTables;
  readonly #hosts: HostEditor;
  readonly #done = new RepeatedWork<ListenerTable | undefined, PlacedSwap, DoneTable>();
  #known: Map<VirtualHost | undefined, ListenerTable> | undefined;

  constructor(before: ListenerTables) {
    this.#before = before;
    this.#hosts = new HostEditor(() => hostsOf(before));
  }

  edit(before: ListenerTable | undefined, steps: readonly PlacedSwap[]): ListenerTable | undefined {
    const done = this.#done.find(before, steps, () => true);
    if (done !== undefined) return done.after;
    const edited = editTable(before, swapsByHost(steps), this.#hosts);
    const after = steps.some(({ swap }) => swap.isFresh) ? edited : this.#share(edited);
    this.#done.add({ before, steps, after });
    return after;
  }

  /** One with the same virtual hosts, if there is one. */
  #share(table: ListenerTable | undefined): ListenerTable | undefined {
    if (table === undefined) return undefined;
    this.#known ??= new Map([...this.#before.values()].map(known => [known.virtualHosts[0], known]));
    const known = this.#known.get(table.virtualHosts[0]);
    if (known !== undefined && haveSameItems(known.virtualHosts, table.virtualHosts)) return known;
    this.#known.set(table.virtualHosts[0], table);
    return table;
  }
}

type DoneTable = Done<ListenerTable | undefined, PlacedSwap, ListenerTable | undefined>;

function* hostsOf(tables: ListenerTables): Generator<HostTable> {
  for (const { hosts } of new Set(tables.values())) yield* hosts.values();
}

function swapsByHost(steps: readonly PlacedSwap[]): ReadonlyMap<string, readonly EntrySwap[]> {
  const byHost = new Map<string, EntrySwap[]>();
  for (const { hostnames, swap } of steps) {
    for (const hostname of hostnames) {
      const known = byHost.get(hostname);
      if (known === undefined) byHost.set(hostname, [swap]);
      else known.push(swap);
    }
  }
  return byHost;
}

function editTable(
  table: ListenerTable | undefined,
  edits: ReadonlyMap<string, readonly EntrySwap[]>,
  editor: HostEditor,
): ListenerTable | undefined {
  const known = table?.hosts ?? NO_HOSTS;
  const changes = new Map<string, HostTable | undefined>();
  let sameHosts = table !== undefined;
  for (const [hostname, swaps] of edits) {
    const before = known.get(hostname);
    const edited = editor.edit(hostname, before, swaps);
    if (before === undefined || edited === undefined) sameHosts = false;
    changes.set(hostname, edited);
  }
  const hosts = updateMap(known, changes);
  if (hosts.size === 0) return undefined;
  const virtualHosts =
    table !== undefined && sameHosts
      ? replaceHosts(table.virtualHosts, changes)
      : sortHosts(table?.virtualHosts ?? [], hosts);
  return { hosts, virtualHosts };
}

const NO_HOSTS: ListenerTable['hosts'] = new Map();

/** `changes`: of hosts that are in `before`, all of them. */
function replaceHosts(
  before: readonly VirtualHost[],
  changes: ReadonlyMap<string, HostTable | undefined>,
): readonly VirtualHost[] {
  const after = before.slice();
  for (const [hostname, changed] of changes)
    if (changed !== undefined) after[placeOf(hostname, before)] = changed.virtualHost;
  return after;
}

/** Where a hostname is among those of a table, which are sorted. */
function placeOf(hostname: string, sorted: readonly VirtualHost[]): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareHostnames(sorted[middle]?.hostname ?? '', hostname) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The old order first: it is one sorted run, so that the sort is hardly more than one pass. */
function sortHosts(before: readonly VirtualHost[], hosts: ReadonlyMap<string, HostTable>): readonly VirtualHost[] {
  const left = new Map(hosts);
  const sorted: VirtualHost[] = [];
  for (const { hostname } of before) {
    const host = left.get(hostname);
    if (host !== undefined) sorted.push(host.virtualHost);
    left.delete(hostname);
  }
  for (const host of left.values()) sorted.push(host.virtualHost);
  return sorted.sort((a, b) => compareHostnames(a.hostname, b.hostname));
}
