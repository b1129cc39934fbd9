// SPDX-License-Identifier: Apache-2.0

/** The part of a snapshot's delta that is about one binding's listeners: each kind by what is long in it. */
import { sameContent } from './equal.ts';
import { type KnownLists, type ListPlace, SHORTEST_KNOWN } from './known-lists.ts';
import {
  AppliedLists,
  applyList,
  DiffedLists,
  diffList,
  type ListDelta,
  type ListRules,
  wholeItems,
} from './list-delta.ts';
import {
  type Listener,
  type RequestListener,
  requestListeners,
  type ServerNameRoute,
  type TcpListener,
  type TlsListener,
  type UdpListener,
  type VirtualHost,
} from './listener.ts';
import type { Received } from './received.ts';
import type { RequestMatch, RouteEntry, Rule } from './rule.ts';
import type { Snapshot } from './snapshot.ts';

/** A changed or new item with a list inside. */
export interface Put<Fields, Inner, Base = number> {
  /** Index of the old item that `inner` is relative to; -1: none, an empty list. */
  readonly base: Base;
  readonly fields: Fields;
  readonly inner: ListDelta<Inner>;
}

export type ListenerPut =
  | { readonly of: 'requests'; readonly put: Put<RequestFields<RequestListener>, VirtualHostPut, Base> }
  | { readonly of: 'server-names'; readonly put: Put<Omit<TlsListener, 'serverNames'>, ServerNameRoute> }
  /** Nothing in it is long. */
  | { readonly of: 'whole'; readonly listener: TcpListener | UdpListener };

/** Of each kind of listener by itself. */
type RequestFields<L> = L extends RequestListener ? Omit<L, 'virtualHosts'> : never;
type VirtualHostPut = Put<Omit<VirtualHost, 'entries'>, EntryPut, Base>;
/** A place: the very list that is there in the old snapshot, so that it stays one list. */
type Base = number | ListPlace;
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

/** `rules`: those that the entries put name are added. `known`: of the old snapshot. */
export function listenerRules(rules: NamedRules, known: KnownLists): ListRules<Listener, ListenerPut> {
  const hosts = new DiffedLists(virtualHostRules(rules, known));
  return {
    key: listener => listener.id,
    put(after, before, index) {
      switch (after.kind) {
        case 'http':
        case 'https':
          return putRequests(after, before, { index, hosts, known });
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
  { index, hosts, known }: RequestRules,
): ListenerPut | null {
  const { virtualHosts, ...fields } = after;
  const old = before !== undefined && 'virtualHosts' in before ? before : undefined;
  const place = old === undefined ? known.placeOf(virtualHosts) : undefined;
  if (place !== undefined) return { of: 'requests', put: { base: place, fields, inner: null } };
  const change = hosts.diff(old?.virtualHosts ?? NONE, virtualHosts);
  const base = old === undefined ? -1 : index;
  const put = putOf(fields, change, base, { ...old, virtualHosts: null });
  return put === null ? null : { of: 'requests', put };
}

interface RequestRules {
  /** Of the old listener. */
  readonly index: number;
  readonly hosts: DiffedLists<VirtualHost, VirtualHostPut>;
  readonly known: KnownLists;
}

function putServerNames(after: TlsListener, before: Listener | undefined, index: number): ListenerPut | null {
  const { serverNames, ...fields } = after;
  const old = before?.kind === 'tls' ? before : undefined;
  const change = diffList(old?.serverNames ?? NONE, serverNames, SERVER_NAMES);
  const put = putOf(fields, change, old === undefined ? -1 : index, { ...old, serverNames: null });
  return put === null ? null : { of: 'server-names', put };
}

const SERVER_NAMES = wholeItems<ServerNameRoute>(route => route.hostname);

function virtualHostRules(rules: NamedRules, known: KnownLists): ListRules<VirtualHost, VirtualHostPut> {
  const short = new DiffedLists(entryRules(rules, null));
  const long = new DiffedLists(entryRules(rules, new Map()));
  return {
    key: virtualHost => virtualHost.hostname,
    put({ entries, ...fields }, before, index) {
      const isSame = before?.entries === entries;
      const place = isSame || entries.length < SHORTEST_KNOWN ? undefined : known.placeOf(entries);
      if (place !== undefined) return { base: place, fields, inner: null };
      const inner = entries.length < SHORTEST_KNOWN ? short : long;
      return putOf(fields, inner.diff(before?.entries ?? NONE, entries), index, { ...before, entries: null });
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

/** `fresh`: what was put of entries that were not there, so that one of many long lists is sent once; null: of short lists. */
function entryRules(rules: NamedRules, fresh: Map<RouteEntry, EntryPut> | null): ListRules<RouteEntry, EntryPut> {
  return {
    key: entry => `${entry.rule.id}#${entry.matchIndex}`,
    put(after, before, index) {
      const known = before === undefined ? fresh?.get(after) : undefined;
      if (known !== undefined) return known;
      const sameMatch = before !== undefined && sameContent(before.match, after.match);
      const sameRule = before !== undefined && sameContent(before.rule, after.rule);
      if (sameMatch && sameRule) return null;
      const { rule, match, matchIndex } = after;
      // The key of the two names the rule: what differs here differs everywhere.
      if (!sameRule) (before === undefined ? rules.perhapsKnown : rules.changed).set(rule.id, rule);
      const put: EntryPut = { rule: sameRule ? index : rule.id, matchIndex, match: sameMatch ? index : match };
      if (before === undefined) fresh?.set(after, put);
      return put;
    },
  };
}

const NONE: readonly never[] = [];

/** What one delta is applied with. */
export class ListenerPatch {
  readonly #before: Pick<Snapshot, 'bindings'>;
  readonly received: Received;
  readonly ruleOf: RuleOf;
  readonly hosts: AppliedLists<VirtualHost, VirtualHostPut> = new AppliedLists();
  readonly entries: AppliedLists<RouteEntry, EntryPut> = new AppliedLists();
  /** Entries that were not there, of long lists: one that is put in many is one entry. */
  readonly fresh: Map<EntryPut, RouteEntry> = new Map();

  constructor(
    before: Pick<Snapshot, 'bindings'>,
    { received, ruleOf }: { readonly received: Received; readonly ruleOf: RuleOf },
  ) {
    this.#before = before;
    this.received = received;
    this.ruleOf = ruleOf;
  }

  /** Of the listener of a place. */
  hostsAt({ binding, listener }: ListPlace): readonly VirtualHost[] {
    return requestListeners(this.#before.bindings[binding]?.listeners ?? NONE)[listener]?.virtualHosts ?? NONE;
  }

  entriesAt(place: ListPlace): readonly RouteEntry[] {
    return this.hostsAt(place)[place.host ?? -1]?.entries ?? NONE;
  }
}

/** What `put` makes of the listeners that were there before. */
export function applyListener(before: readonly Listener[], put: ListenerPut, patch: ListenerPatch): Listener {
  switch (put.of) {
    case 'requests': {
      const { base, fields, inner } = put.put;
      const hosts = typeof base === 'number' ? hostsOf(before[base]) : patch.hostsAt(base);
      const virtualHosts = patch.hosts.apply(hosts, inner, host => applyVirtualHost(hosts, host, patch));
      return { ...fields, virtualHosts };
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

function hostsOf(listener: Listener | undefined): readonly VirtualHost[] {
  return listener !== undefined && 'virtualHosts' in listener ? listener.virtualHosts : NONE;
}

function applyVirtualHost(before: readonly VirtualHost[], put: VirtualHostPut, patch: ListenerPatch): VirtualHost {
  const base = typeof put.base === 'number' ? (before[put.base]?.entries ?? NONE) : patch.entriesAt(put.base);
  const isLong = put.inner?.some(step => 'put' in step && step.put.length >= SHORTEST_KNOWN) === true;
  const make = (inner: EntryPut): RouteEntry =>
    isLong && isFresh(inner) ? freshEntry(base, inner, patch) : applyEntry(base, inner, patch);
  const entries = patch.entries.apply(base, put.inner, make);
  return { ...put.fields, entries };
}

/** Neither its match nor its rule are those of an old entry. */
function isFresh({ match, rule }: EntryPut): boolean {
  return typeof match !== 'number' && typeof rule !== 'number';
}

function freshEntry(before: readonly RouteEntry[], put: EntryPut, patch: ListenerPatch): RouteEntry {
  const known = patch.fresh.get(put);
  if (known !== undefined) return known;
  const entry = applyEntry(before, put, patch);
  patch.fresh.set(put, entry);
  return entry;
}

function applyEntry(before: readonly RouteEntry[], put: EntryPut, { received, ruleOf }: ListenerPatch): RouteEntry {
  const match = typeof put.match === 'number' ? before[put.match]?.match : received.match(put.match);
  const rule = typeof put.rule === 'number' ? before[put.rule]?.rule : ruleOf(put.rule);
  if (match === undefined || rule === undefined) {
    throw new Error(`the delta names an entry that is not there: ${put.match}, ${put.rule}`);
  }
  return { match, rule, matchIndex: put.matchIndex };
}
