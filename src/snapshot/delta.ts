// SPDX-License-Identifier: Apache-2.0

/**
 * The difference of two snapshots, for a data plane in another thread.
 *
 * - Compared by identity first, then by content: what has the same content is not sent, even as a new object.
 * - Its size follows the change: one rule among 10,000 is that rule and the place of its entries. Lists are sent as runs
 *   that stay and items that are new (`list-delta.ts`); rules once each, however many entries share them.
 * - `applyDelta` gives back the *same objects* for all that did not change, so that what was compiled from them is still
 *   good: rules, entries, matches, virtual hosts, listeners, clusters, endpoint sets, certificates, trust bundles.
 */
import type { Cluster, EndpointSet } from './cluster.ts';
import { sameContent } from './equal.ts';
import { applyList, diffList, type ListDelta, type ListRules } from './list-delta.ts';
import type { Certificate, Listener, VirtualHost } from './listener.ts';
import type { RequestMatch, RouteEntry, Rule } from './rule.ts';
import type { Binding, Snapshot } from './snapshot.ts';
import type { TrustBundle } from './trust-bundle.ts';

/** Plain data; holds private keys when certificates changed. */
export interface SnapshotDelta {
  /** The version that it must be applied to. */
  readonly from: number;
  readonly version: number;
  /** New and changed rules that `bindings` names by id. */
  readonly rules: readonly Rule[];
  readonly bindings: ListDelta<BindingPut>;
  readonly clusters: ListDelta<Cluster>;
  readonly endpoints: ListDelta<EndpointSet>;
  readonly certificates: ListDelta<Certificate>;
  readonly trustBundles: ListDelta<TrustBundle>;
}

/** A changed or new item with a list inside. */
interface Put<Fields, Inner> {
  /** Index of the old item that `inner` is relative to; -1: none, an empty list. */
  readonly base: number;
  readonly fields: Fields;
  readonly inner: ListDelta<Inner>;
}
type BindingPut = Put<Omit<Binding, 'listeners'>, ListenerPut>;
type ListenerPut = Put<ListenerFields<Listener>, VirtualHostPut>;
/** Of each kind of listener by itself. */
type ListenerFields<L> = L extends Listener ? Omit<L, 'virtualHosts'> : never;
type VirtualHostPut = Put<Omit<VirtualHost, 'entries'>, EntryPut>;
interface EntryPut {
  readonly rule: string;
  readonly matchIndex: number;
  /** Index of the old entry that has the same match; else the match. */
  readonly match: number | RequestMatch;
}

/** Before the first snapshot. */
export const EMPTY_SNAPSHOT: Snapshot = {
  version: 0,
  bindings: [],
  clusters: [],
  endpoints: [],
  certificates: [],
  trustBundles: [],
};

/** What turns `before` into `after`. */
export function diffSnapshots(before: Snapshot, after: Snapshot): SnapshotDelta {
  const rules = new Map<string, Rule>();
  const bindings = diffList(before.bindings, after.bindings, bindingRules(rules));
  if (rules.size > 0) dropKnownRules(before, rules);
  return {
    from: before.version,
    version: after.version,
    rules: [...rules.values()],
    bindings,
    clusters: diffList(before.clusters, after.clusters, leafRules<Cluster>(byId)),
    endpoints: diffList(before.endpoints, after.endpoints, leafRules(byCluster)),
    certificates: diffList(before.certificates, after.certificates, leafRules<Certificate>(byId)),
    trustBundles: diffList(before.trustBundles, after.trustBundles, leafRules<TrustBundle>(byId)),
  };
}

/** @throws Error when `delta` was made from another version than `before`: a bug of the caller. */
export function applyDelta(before: Snapshot, delta: SnapshotDelta): Snapshot {
  if (before.version !== delta.from) {
    throw new Error(`a delta from version ${delta.from} cannot be applied to version ${before.version}`);
  }
  const ruleOf = ruleTable(before, delta.rules);
  return {
    version: delta.version,
    bindings: applyList(before.bindings, delta.bindings, put => applyBinding(before.bindings, put, ruleOf)),
    clusters: applyList(before.clusters, delta.clusters, cluster => cluster),
    endpoints: applyList(before.endpoints, delta.endpoints, set => set),
    certificates: applyList(before.certificates, delta.certificates, certificate => certificate),
    trustBundles: applyList(before.trustBundles, delta.trustBundles, bundle => bundle),
  };
}

const byId = (item: { readonly id: string }): string => item.id;
const byCluster = (set: EndpointSet): string => set.cluster;

function leafRules<Item>(key: (item: Item) => string): ListRules<Item, Item> {
  return { key, put: (after, before) => (before !== undefined && sameContent(before, after) ? null : after) };
}

function bindingRules(rules: Map<string, Rule>): ListRules<Binding, BindingPut> {
  const inner = listenerRules(rules);
  return {
    key: byId,
    put({ listeners, ...fields }, before, index) {
      return putOf(fields, diffList(before?.listeners ?? [], listeners, inner), index, { ...before, listeners: null });
    },
  };
}

function listenerRules(rules: Map<string, Rule>): ListRules<Listener, ListenerPut> {
  const inner = virtualHostRules(rules);
  return {
    key: byId,
    put({ virtualHosts, ...fields }, before, index) {
      const change = diffList(before?.virtualHosts ?? [], virtualHosts, inner);
      return putOf(fields, change, index, { ...before, virtualHosts: null });
    },
  };
}

function virtualHostRules(rules: Map<string, Rule>): ListRules<VirtualHost, VirtualHostPut> {
  const inner = entryRules(rules);
  return {
    key: virtualHost => virtualHost.hostname,
    put({ entries, ...fields }, before, index) {
      return putOf(fields, diffList(before?.entries ?? [], entries, inner), index, { ...before, entries: null });
    },
  };
}

/** null when neither the fields nor the inner list changed. `before` is the old item with its list taken out. */
function putOf<Fields extends object, Inner>(
  fields: Fields,
  inner: ListDelta<Inner>,
  base: number,
  before: object,
): Put<Fields, Inner> | null {
  const sameFields = Object.entries(fields).every(([key, value]) => sameContent(Reflect.get(before, key), value));
  return base >= 0 && inner === null && sameFields ? null : { base, fields, inner };
}

function entryRules(rules: Map<string, Rule>): ListRules<RouteEntry, EntryPut> {
  return {
    key: entry => `${entry.rule.id}#${entry.matchIndex}`,
    put(after, before, index) {
      const sameMatch = before !== undefined && sameContent(before.match, after.match);
      if (sameMatch && sameContent(before.rule, after.rule)) return null;
      rules.set(after.rule.id, after.rule);
      return { rule: after.rule.id, matchIndex: after.matchIndex, match: sameMatch ? index : after.match };
    },
  };
}

function forEachEntry(snapshot: Snapshot, visit: (entry: RouteEntry) => void): void {
  for (const binding of snapshot.bindings) {
    for (const listener of binding.listeners) {
      for (const virtualHost of listener.virtualHosts) for (const entry of virtualHost.entries) visit(entry);
    }
  }
}

/** A rule that only got more or other entries is there already. */
function dropKnownRules(before: Snapshot, rules: Map<string, Rule>): void {
  forEachEntry(before, ({ rule }) => {
    const wanted = rules.get(rule.id);
    if (wanted !== undefined && sameContent(wanted, rule)) rules.delete(rule.id);
  });
}

type RuleOf = (id: string) => Rule;

function ruleTable(before: Snapshot, sent: readonly Rule[]): RuleOf {
  const fresh = new Map(sent.map(rule => [rule.id, rule]));
  let known: Map<string, Rule> | undefined;
  return id => {
    const rule = fresh.get(id) ?? knownRules().get(id);
    if (rule === undefined) throw new Error(`the delta names a rule that is not there: ${id}`);
    return rule;
  };
  function knownRules(): Map<string, Rule> {
    if (known === undefined) {
      const found = new Map<string, Rule>();
      forEachEntry(before, ({ rule }) => found.set(rule.id, rule));
      known = found;
    }
    return known;
  }
}

function applyBinding(before: readonly Binding[], put: BindingPut, ruleOf: RuleOf): Binding {
  const base = before[put.base]?.listeners ?? [];
  return { ...put.fields, listeners: applyList(base, put.inner, inner => applyListener(base, inner, ruleOf)) };
}

function applyListener(before: readonly Listener[], put: ListenerPut, ruleOf: RuleOf): Listener {
  const base = before[put.base]?.virtualHosts ?? [];
  return { ...put.fields, virtualHosts: applyList(base, put.inner, inner => applyVirtualHost(base, inner, ruleOf)) };
}

function applyVirtualHost(before: readonly VirtualHost[], put: VirtualHostPut, ruleOf: RuleOf): VirtualHost {
  const base = before[put.base]?.entries ?? [];
  return { ...put.fields, entries: applyList(base, put.inner, inner => applyEntry(base, inner, ruleOf)) };
}

function applyEntry(before: readonly RouteEntry[], put: EntryPut, ruleOf: RuleOf): RouteEntry {
  const match = typeof put.match === 'number' ? before[put.match]?.match : put.match;
  if (match === undefined) throw new Error(`the delta names an entry that is not there: ${put.match}`);
  return { match, rule: ruleOf(put.rule), matchIndex: put.matchIndex };
}
