// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { VirtualHost } from '../../snapshot/index.ts';
import { compareHostnames } from '../../values/index.ts';
import { findShadows } from '../lint/shadowed-matches.ts';
import type { TranslatedRoute } from '../rules/grpc-route.ts';
import { compareEntries, type RankedEntry } from '../rules/precedence.ts';
import type { RouteChange } from './routes.ts';

/** The entries of one hostname of one listener, ranked. */
export interface HostTable {
  readonly ranked: readonly RankedEntry[];
  readonly virtualHost: VirtualHost;
  /** Matches that another one hides. */
  readonly shadows: readonly Finding[];
}

/** One listener's virtual hosts, most specific hostname first. */
export interface ListenerTable {
  readonly hosts: ReadonlyMap<string, HostTable>;
  readonly virtualHosts: readonly VirtualHost[];
}

/** By listener id. */
export type ListenerTables = ReadonlyMap<string, ListenerTable>;

interface Edit {
  readonly removed: Set<RankedEntry>;
  readonly added: RankedEntry[];
}
/** Listener id → hostname → edit. */
type Edits = Map<string, Map<string, Edit>>;

/** Brings the tables up to date; hosts that no changed route touches keep their identity. */
export function publishVirtualHosts(changes: readonly RouteChange[], previous: ListenerTables): ListenerTables {
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

function collectEdits(changes: readonly RouteChange[]): Edits {
  const edits: Edits = new Map();
  for (const { before, after } of changes) {
    if (before?.attachments === after?.attachments && before?.entries === after?.entries) continue;
    if (before !== undefined) eachPlace(before, edits, edit => removeEntries(edit, before.entries));
    if (after !== undefined) eachPlace(after, edits, edit => edit.added.push(...after.entries));
  }
  return edits;
}

function removeEntries(edit: Edit, entries: readonly RankedEntry[]): void {
  for (const entry of entries) edit.removed.add(entry);
}

function eachPlace(route: TranslatedRoute, edits: Edits, visit: (edit: Edit) => void): void {
  for (const { listener, hostnames } of route.attachments) {
    let hosts = edits.get(listener.id);
    if (hosts === undefined) {
      hosts = new Map();
      edits.set(listener.id, hosts);
    }
    for (const hostname of hostnames) {
      let edit = hosts.get(hostname);
      if (edit === undefined) {
        edit = { removed: new Set(), added: [] };
        hosts.set(hostname, edit);
      }
      visit(edit);
    }
  }
}

function editTable(table: ListenerTable | undefined, edits: ReadonlyMap<string, Edit>): ListenerTable | undefined {
  const hosts = new Map(table?.hosts);
  for (const [hostname, edit] of edits) {
    const edited = editHost(hostname, hosts.get(hostname), edit);
    if (edited === undefined) hosts.delete(hostname);
    else hosts.set(hostname, edited);
  }
  if (hosts.size === 0) return undefined;
  const virtualHosts: VirtualHost[] = [];
  // Old order first: it is one sorted run, so that the sort is one pass.
  for (const { hostname } of table?.virtualHosts ?? []) {
    const host = hosts.get(hostname);
    if (host !== undefined) virtualHosts.push(host.virtualHost);
  }
  for (const hostname of edits.keys()) {
    const host = hosts.get(hostname);
    if (host !== undefined && table?.hosts.has(hostname) !== true) virtualHosts.push(host.virtualHost);
  }
  virtualHosts.sort((a, b) => compareHostnames(a.hostname, b.hostname));
  return { hosts, virtualHosts };
}

function editHost(hostname: string, table: HostTable | undefined, edit: Edit): HostTable | undefined {
  const kept = (table?.ranked ?? []).filter(entry => !edit.removed.has(entry));
  const ranked = [...kept, ...edit.added].sort(compareEntries);
  if (ranked.length === 0) return undefined;
  const virtualHost: VirtualHost = { hostname, entries: ranked.map(({ entry }) => entry) };
  return { ranked, virtualHost, shadows: findShadows(ranked) };
}
