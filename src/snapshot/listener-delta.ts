// SPDX-License-Identifier: Apache-2.0

/** The part of a snapshot's delta that is about one binding's listeners: each kind by what is long in it. */
import { sameContent } from './equal.ts';
import { applyList, diffList, type ListDelta, type ListRules, wholeItems } from './list-delta.ts';
import type {
  Listener,
  RequestListener,
  ServerNameRoute,
  TcpListener,
  TlsListener,
  UdpListener,
  VirtualHost,
} from './listener.ts';
import type { RequestMatch, RouteEntry, Rule } from './rule.ts';

/** A changed or new item with a list inside. */
export interface Put<Fields, Inner> {
  /** Index of the old item that `inner` is relative to; -1: none, an empty list. */
  readonly base: number;
  readonly fields: Fields;
  readonly inner: ListDelta<Inner>;
}

export type ListenerPut =
  | { readonly of: 'requests'; readonly put: Put<RequestFields<RequestListener>, VirtualHostPut> }
  | { readonly of: 'server-names'; readonly put: Put<Omit<TlsListener, 'serverNames'>, ServerNameRoute> }
  /** Nothing in it is long. */
  | { readonly of: 'whole'; readonly listener: TcpListener | UdpListener };

/** Of each kind of listener by itself. */
type RequestFields<L> = L extends RequestListener ? Omit<L, 'virtualHosts'> : never;
type VirtualHostPut = Put<Omit<VirtualHost, 'entries'>, EntryPut>;
interface EntryPut {
  /** Index of the old entry that has the same rule; else the rule's id. */
  readonly rule: number | string;
  readonly matchIndex: number;
  /** Index of the old entry that has the same match; else the match. */
  readonly match: number | RequestMatch;
}

/** Looks up a rule by its id. */
export type RuleOf = (id: string) => Rule;

/** Rules that the entries put name by id; each is of one content in one snapshot. */
export interface NamedRules {
  /** The old snapshot has another content of them. */
  readonly changed: Map<string, Rule>;
  /** The old snapshot may have them in another place. */
  readonly perhapsKnown: Map<string, Rule>;
}

/** `rules`: those that the entries put name are added. */
export function listenerRules(rules: NamedRules): ListRules<Listener, ListenerPut> {
  const hosts = virtualHostRules(rules);
  return {
    key: listener => listener.id,
    put(after, before, index) {
      switch (after.kind) {
        case 'http':
        case 'https':
          return putRequests(after, before, { index, hosts });
        case 'tls':
          return putServerNames(after, before, index);
        case 'tcp':
        case 'udp':
          return sameContent(before, after) ? null : { of: 'whole', listener: after };
      }
    },
  };
}

function putRequests(
  after: RequestListener,
  before: Listener | undefined,
  { index, hosts }: { readonly index: number; readonly hosts: ListRules<VirtualHost, VirtualHostPut> },
): ListenerPut | null {
  const { virtualHosts, ...fields } = after;
  const old = before !== undefined && 'virtualHosts' in before ? before : undefined;
  const change = diffList(old?.virtualHosts ?? [], virtualHosts, hosts);
  const base = old === undefined ? -1 : index;
  const put = putOf(fields, change, base, { ...old, virtualHosts: null });
  return put === null ? null : { of: 'requests', put };
}

function putServerNames(after: TlsListener, before: Listener | undefined, index: number): ListenerPut | null {
  const { serverNames, ...fields } = after;
  const old = before?.kind === 'tls' ? before : undefined;
  const change = diffList(old?.serverNames ?? [], serverNames, SERVER_NAMES);
  const put = putOf(fields, change, old === undefined ? -1 : index, { ...old, serverNames: null });
  return put === null ? null : { of: 'server-names', put };
}

const SERVER_NAMES = wholeItems<ServerNameRoute>(route => route.hostname);

function virtualHostRules(rules: NamedRules): ListRules<VirtualHost, VirtualHostPut> {
  const inner = entryRules(rules);
  return {
    key: virtualHost => virtualHost.hostname,
    put({ entries, ...fields }, before, index) {
      return putOf(fields, diffList(before?.entries ?? [], entries, inner), index, { ...before, entries: null });
    },
  };
}

/** null when neither the fields nor the inner list changed. `before` is the old item with its list taken out. */
export function putOf<Fields extends object, Inner>(
  fields: Fields,
  inner: ListDelta<Inner>,
  base: number,
  before: object,
): Put<Fields, Inner> | null {
  const sameFields = Object.entries(fields).every(([key, value]) => sameContent(Reflect.get(before, key), value));
  return base >= 0 && inner === null && sameFields ? null : { base, fields, inner };
}

function entryRules(rules: NamedRules): ListRules<RouteEntry, EntryPut> {
  return {
    key: entry => `${entry.rule.id}#${entry.matchIndex}`,
    put(after, before, index) {
      const sameMatch = before !== undefined && sameContent(before.match, after.match);
      const sameRule = before !== undefined && sameContent(before.rule, after.rule);
      if (sameMatch && sameRule) return null;
      const { rule, match, matchIndex } = after;
      // The key of the two names the rule: what differs here differs everywhere.
      if (!sameRule) (before === undefined ? rules.perhapsKnown : rules.changed).set(rule.id, rule);
      return { rule: sameRule ? index : rule.id, matchIndex, match: sameMatch ? index : match };
    },
  };
}

/** What `put` makes of the listeners that were there before. */
export function applyListener(before: readonly Listener[], put: ListenerPut, ruleOf: RuleOf): Listener {
  switch (put.of) {
    case 'requests': {
      const { base, fields, inner } = put.put;
      const old = before[base];
      const hosts = old !== undefined && 'virtualHosts' in old ? old.virtualHosts : [];
      return { ...fields, virtualHosts: applyList(hosts, inner, host => applyVirtualHost(hosts, host, ruleOf)) };
    }
    case 'server-names': {
      const { base, fields, inner } = put.put;
      const old = before[base];
      return { ...fields, serverNames: applyList(old?.kind === 'tls' ? old.serverNames : [], inner, route => route) };
    }
    case 'whole':
      return put.listener;
  }
}

function applyVirtualHost(before: readonly VirtualHost[], put: VirtualHostPut, ruleOf: RuleOf): VirtualHost {
  const base = before[put.base]?.entries ?? [];
  return { ...put.fields, entries: applyList(base, put.inner, inner => applyEntry(base, inner, ruleOf)) };
}

function applyEntry(before: readonly RouteEntry[], put: EntryPut, ruleOf: RuleOf): RouteEntry {
  const match = typeof put.match === 'number' ? before[put.match]?.match : put.match;
  const rule = typeof put.rule === 'number' ? before[put.rule]?.rule : ruleOf(put.rule);
  if (match === undefined || rule === undefined) {
    throw new Error(`the delta names an entry that is not there: ${put.match}, ${put.rule}`);
  }
  return { match, rule, matchIndex: put.matchIndex };
}
