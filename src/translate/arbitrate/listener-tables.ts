// SPDX-License-Identifier: Apache-2.0

import type { VirtualHost } from '../../snapshot/index.ts';
import { compareHostnames } from '../../values/index.ts';
import { updateMap } from '../changes.ts';
import type { RankedEntry } from '../rules/precedence.ts';
import { formAt } from '../rules/route-forms.ts';
import type { TranslatedRoute } from '../rules/translate-route.ts';
import type { RouteChange } from '../rules/translated-routes.ts';
import { editHost, type HostEdit, type HostTable } from './host-table.ts';

/** One listener's virtual hosts, most specific hostname first. */
export interface ListenerTable {
  readonly hosts: ReadonlyMap<string, HostTable>;
  readonly virtualHosts: readonly VirtualHost[];
}

/** By `ListenerTarget.table`. */
export type ListenerTables = ReadonlyMap<string, ListenerTable>;

/** Listener id → hostname → edit. */
type Edits = Map<string, Map<string, HostEdit>>;

/**
 * Decides, over all routes of each listener, which entry gets a request: the entries of each hostname in the order of precedence.
 * Hosts that no changed route touches keep their identity.
 */
export function arbitrateRoutes(changes: ReadonlyMap<string, RouteChange>, previous: ListenerTables): ListenerTables {
  const edits = collectEdits(changes);
  if (edits.size === 0) return previous;
  const tables = new Map(previous);
  for (const [listener, hosts] of edits) {
    const table = editTable(previous.get(listener), hosts);
    if (table === undefined) tables.delete(listener);
    else tables.set(listener, table);
  }
  return tables;
}

function collectEdits(changes: ReadonlyMap<string, RouteChange>): Edits {
  const edits: Edits = new Map();
  for (const { before, after } of changes.values()) {
    if (isSameTo(before, after)) continue;
    if (before !== undefined) eachPlace(before, edits, (edit, entries) => edit.removed.push(...entries));
    if (after !== undefined) eachPlace(after, edits, (edit, entries) => edit.added.push(...entries));
  }
  return edits;
}

function isSameTo(before: TranslatedRoute | undefined, after: TranslatedRoute | undefined): boolean {
  return (
    before?.attachments === after?.attachments &&
    before?.entries === after?.entries &&
    before?.otherForms === after?.otherForms
  );
}

function eachPlace(
  route: TranslatedRoute,
  edits: Edits,
  visit: (edit: MutableEdit, entries: readonly RankedEntry[]) => void,
): void {
  for (const { listener, hostnames } of route.attachments) {
    const { entries } = formAt(route, listener);
    let hosts = edits.get(listener.table);
    if (hosts === undefined) {
      hosts = new Map();
      edits.set(listener.table, hosts);
    }
    for (const hostname of hostnames) {
      let edit = hosts.get(hostname) as MutableEdit | undefined;
      if (edit === undefined) {
        edit = { removed: [], added: [] };
        hosts.set(hostname, edit);
      }
      visit(edit, entries);
    }
  }
}

interface MutableEdit extends HostEdit {
  readonly removed: RankedEntry[];
  readonly added: RankedEntry[];
}

function editTable(table: ListenerTable | undefined, edits: ReadonlyMap<string, HostEdit>): ListenerTable | undefined {
  const known = table?.hosts ?? NO_HOSTS;
  const changes = new Map<string, HostTable | undefined>();
  let sameHosts = table !== undefined;
  for (const [hostname, edit] of edits) {
    const before = known.get(hostname);
    const edited = editHost(hostname, before, edit);
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
