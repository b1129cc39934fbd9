// SPDX-License-Identifier: Apache-2.0

import type { ServerNameRoute } from '../../snapshot/index.ts';
import { compareHostnames } from '../../values/index.ts';
import { rankedOrder } from '../rules/precedence.ts';
import { formAt } from '../rules/route-forms.ts';
import type { TranslatedRoute } from '../rules/translate-route.ts';
import type { RankedStream } from '../rules/translate-stream.ts';
import type { RouteChange } from '../rules/translated-routes.ts';

/** The stream rules of one listener. */
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
  const edits = collectEdits(changes);
  if (edits.size === 0) return previous;
  const tables = new Map(previous);
  for (const [listener, edit] of edits) {
    const table = editTable(previous.get(listener), edit);
    if (table === undefined) tables.delete(listener);
    else tables.set(listener, table);
  }
  return tables;
}

/** Server name → what goes and what comes. */
type Edit = Map<string, { readonly removed: Set<RankedStream>; readonly added: RankedStream[] }>;

function collectEdits(changes: ReadonlyMap<string, RouteChange>): ReadonlyMap<string, Edit> {
  const edits = new Map<string, Edit>();
  for (const { before, after } of changes.values()) {
    if (
      before?.attachments === after?.attachments &&
      before?.stream === after?.stream &&
      before?.otherForms === after?.otherForms
    )
      continue;
    eachPlace(before, edits, (edit, stream) => edit.removed.add(stream));
    eachPlace(after, edits, (edit, stream) => edit.added.push(stream));
  }
  return edits;
}

type Place = Edit extends Map<string, infer P> ? P : never;

function eachPlace(
  route: TranslatedRoute | undefined,
  edits: Map<string, Edit>,
  visit: (place: Place, stream: RankedStream) => void,
): void {
  if (route === undefined || route.stream === null) return;
  for (const { listener, hostnames } of route.attachments) {
    const { stream } = formAt(route, listener);
    if (stream === null) continue;
    let edit = edits.get(listener.table);
    if (edit === undefined) {
      edit = new Map();
      edits.set(listener.table, edit);
    }
    for (const hostname of hostnames) {
      let place = edit.get(hostname);
      if (place === undefined) {
        place = { removed: new Set(), added: [] };
        edit.set(hostname, place);
      }
      visit(place, stream);
    }
  }
}

function editTable(table: StreamTable | undefined, edit: Edit): StreamTable | undefined {
  const byName = new Map(table?.byName);
  for (const [name, { removed, added }] of edit) {
    const kept = (byName.get(name) ?? []).filter(stream => !removed.has(stream));
    const streams = [...kept, ...added].sort(rankedOrder(name));
    if (streams.length === 0) byName.delete(name);
    else byName.set(name, streams);
  }
  if (byName.size === 0) return undefined;
  const known = new Map(table?.serverNames.map(route => [route.hostname, route]));
  const serverNames: ServerNameRoute[] = [];
  for (const [hostname, [first]] of byName) {
    if (first === undefined) continue;
    const before = known.get(hostname);
    serverNames.push(before?.rule === first.rule ? before : { hostname, rule: first.rule });
  }
  return { byName, serverNames: serverNames.sort((a, b) => compareHostnames(a.hostname, b.hostname)) };
}
