// SPDX-License-Identifier: Apache-2.0

import type { Attachment } from '../attach/choose-listeners.ts';
import { KINDS_BY_RANK } from '../attach/port-kinds.ts';
import type { AttachableRoute } from '../route-kinds.ts';
import type { RouteChange } from '../rules/translated-routes.ts';

/** The routes of one port of a Service for one group of clients. */
export interface FrontendGroup {
  /** Of the listener that it becomes. */
  readonly id: string;
  /** `namespace/name`. */
  readonly service: string;
  readonly port: number;
  /** Of `ListenerTarget.frontend`. */
  readonly clients: string | null;
  /** Keys of the routes, by kind; no empty ones. */
  readonly routes: ReadonlyMap<AttachableRoute['kind'], ReadonlySet<string>>;
  /** The kind of the routes that count. */
  readonly kind: AttachableRoute['kind'];
  /** Of these the one that stands for all where they are told of, whatever the order in which they came. */
  readonly example: string;
}

/** All groups, by id and by Service. Keeps its identity while no route comes or goes. */
export interface FrontendGroups {
  readonly byId: ReadonlyMap<string, FrontendGroup>;
  /** Service → ids, sorted. */
  readonly byService: ReadonlyMap<string, readonly string[]>;
  /** Routes of groups that changed, whose kinds may count now, or no longer. */
  readonly concerned: ReadonlySet<string>;
}

export const NO_GROUPS: FrontendGroups = { byId: new Map(), byService: new Map(), concerned: new Set() };

/** Whether a route of `kind` decides about what comes in at a listener: of several kinds at a port of a Service one is applied. */
export function isApplied(kind: AttachableRoute['kind'], { listener }: Attachment, { byId }: FrontendGroups): boolean {
  return listener.frontend === null || byId.get(listener.id)?.kind === kind;
}

/**
 * Decides, over all routes at a port of a Service, which kind of them is applied: "only a single route type should be applied" (GEP-1294). Each
 * group of clients by itself, since consumers' routes are not merged with producers'.
 */
export function groupFrontends(
  changes: ReadonlyMap<string, RouteChange>,
  previous: FrontendGroups = NO_GROUPS,
): FrontendGroups {
  const edits = new Map<string, Edit>();
  for (const [key, { before, after }] of changes) {
    if (before?.attachments === after?.attachments) continue;
    for (const attachment of before?.attachments ?? []) editOf(edits, attachment)?.removed.add(key);
    for (const attachment of after?.attachments ?? [])
      editOf(edits, attachment)?.added.set(key, after?.route.kind ?? 'TCPRoute');
  }
  if (edits.size === 0)
    return previous.concerned.size === 0 ? previous : { ...previous, concerned: NO_GROUPS.concerned };
  const byId = new Map(previous.byId);
  const others = new Map<string, Set<string>>();
  const concerned = new Set<string>();
  for (const [id, edit] of edits) {
    const before = byId.get(id);
    const after = editGroup(id, before, edit);
    for (const group of [before, after])
      for (const keys of group?.routes.values() ?? []) for (const key of keys) concerned.add(key);
    if (after === undefined) byId.delete(id);
    else byId.set(id, after);
    if ((before === undefined) === (after === undefined)) continue;
    const ids = others.get(edit.service) ?? new Set(previous.byService.get(edit.service));
    others.set(edit.service, ids);
    if (!ids.delete(id)) ids.add(id);
  }
  return { byId, byService: withLists(previous.byService, others), concerned };
}

interface Edit {
  readonly service: string;
  readonly port: number;
  readonly clients: string | null;
  readonly removed: Set<string>;
  readonly added: Map<string, AttachableRoute['kind']>;
}

function editOf(edits: Map<string, Edit>, { listener }: Attachment): Edit | undefined {
  const { id, port, frontend } = listener;
  if (frontend === null) return undefined;
  let edit = edits.get(id);
  if (edit === undefined) {
    edit = { ...frontend, port, removed: new Set(), added: new Map() };
    edits.set(id, edit);
  }
  return edit;
}

function editGroup(id: string, before: FrontendGroup | undefined, edit: Edit): FrontendGroup | undefined {
  const { service, port, clients, removed, added } = edit;
  const routes = new Map<AttachableRoute['kind'], Set<string>>();
  for (const kind of KINDS_BY_RANK) {
    const keys = new Set(before?.routes.get(kind));
    for (const key of removed) keys.delete(key);
    for (const [key, its] of added) if (its === kind) keys.add(key);
    if (keys.size > 0) routes.set(kind, keys);
  }
  const [first] = routes;
  if (first === undefined) return undefined;
  const [kind, keys] = first;
  return { id, service, port, clients, routes, kind, example: leastOf(keys) };
}

function leastOf(keys: ReadonlySet<string>): string {
  let least: string | undefined;
  for (const key of keys) if (least === undefined || key < least) least = key;
  return least ?? '';
}

/** `before` with other ids of some Services, sorted. Each list is made once: a Service may have thousands of groups. */
function withLists(
  before: FrontendGroups['byService'],
  others: ReadonlyMap<string, ReadonlySet<string>>,
): FrontendGroups['byService'] {
  if (others.size === 0) return before;
  const byService = new Map(before);
  for (const [service, ids] of others) {
    if (ids.size === 0) byService.delete(service);
    else byService.set(service, [...ids].sort());
  }
  return byService;
}
