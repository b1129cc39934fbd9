// SPDX-License-Identifier: Apache-2.0

/**
 * The difference of two snapshots, for a data plane in another thread.
 *
 * - Compared by identity first, then by content: what has the same content is not sent, even as a new object.
 * - Its size follows the change: one rule among 10,000 is that rule and the place of its entries. Lists are sent as runs
 *   that stay and items that are new (`list-delta.ts`); rules once each, however many entries share them.
 * - `applyDelta` gives back the *same objects* for all that did not change, so that what was compiled from them is still
 *   good: rules, entries, matches, virtual hosts, server names, listeners, clusters, endpoint sets, certificates, trust bundles,
 *   client namespaces.
 */
import type { Cluster } from './cluster.ts';
import type { EndpointSet } from './endpoint-set.ts';
import { sameContent } from './equal.ts';
import type { ClientNamespace } from './frontend.ts';
import { KnownLists } from './known-lists.ts';
import { applyList, diffList, type ListDelta, type ListRules, wholeItems } from './list-delta.ts';
import type { Certificate } from './listener.ts';
import {
  applyListener,
  ListenerPatch,
  type ListenerPut,
  listenerRules,
  type NamedRules,
  type Put,
  putOf,
  type RuleOf,
} from './listener-delta.ts';
import { Received } from './received.ts';
import type { RouteEntry, Rule } from './rule.ts';
import { type Binding, entryLists, type Snapshot } from './snapshot.ts';
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
  readonly clients: ListDelta<ClientNamespace>;
}

type BindingPut = Put<Omit<Binding, 'listeners'>, ListenerPut>;

/** Before the first snapshot. */
export const EMPTY_SNAPSHOT: Snapshot = {
  version: 0,
  bindings: [],
  clusters: [],
  endpoints: [],
  certificates: [],
  trustBundles: [],
  clients: [],
};

/** What turns `before` into `after`. */
export function diffSnapshots(before: Snapshot, after: Snapshot): SnapshotDelta {
  const rules: NamedRules = { changed: new Map(), perhapsKnown: new Map() };
  const bindings = diffList(before.bindings, after.bindings, bindingRules(rules, new KnownLists(before)));
  return {
    from: before.version,
    version: after.version,
    rules: [...rules.changed.values(), ...newRules(before, rules)],
    bindings,
    clusters: diffList(before.clusters, after.clusters, wholeItems<Cluster>(byId)),
    endpoints: diffList(before.endpoints, after.endpoints, wholeItems(byCluster)),
    certificates: diffList(before.certificates, after.certificates, wholeItems<Certificate>(byId)),
    trustBundles: diffList(before.trustBundles, after.trustBundles, wholeItems<TrustBundle>(byId)),
    clients: diffList(before.clients, after.clients, wholeItems(byRange)),
  };
}

/** @throws Error when `delta` was made from another version than `before`: a bug of the caller. */
export function applyDelta(before: Snapshot, delta: SnapshotDelta): Snapshot {
  if (before.version !== delta.from) {
    throw new Error(`a delta from version ${delta.from} cannot be applied to version ${before.version}`);
  }
  const received = new Received();
  const patch = new ListenerPatch(before, { received, ruleOf: ruleTable(before, delta.rules, received) });
  return {
    version: delta.version,
    bindings: applyList(before.bindings, delta.bindings, put => applyBinding(before.bindings, put, patch)),
    clusters: applyList(before.clusters, delta.clusters, cluster => cluster),
    endpoints: applyList(before.endpoints, delta.endpoints, set => set),
    certificates: applyList(before.certificates, delta.certificates, certificate => certificate),
    trustBundles: applyList(before.trustBundles, delta.trustBundles, bundle => bundle),
    clients: applyList(before.clients, delta.clients, client => client),
  };
}

const byId = (item: { readonly id: string }): string => item.id;
const byCluster = (set: EndpointSet): string => set.cluster;
const byRange = ({ range }: ClientNamespace): string => range;

function bindingRules(rules: NamedRules, known: KnownLists): ListRules<Binding, BindingPut> {
  const inner = listenerRules(rules, known);
  return {
    key: byId,
    put({ listeners, ...fields }, before, index) {
      return putOf(fields, diffList(before?.listeners ?? [], listeners, inner), index, { ...before, listeners: null });
    },
  };
}

function forEachEntry({ bindings }: Snapshot, visit: (entry: RouteEntry) => void): void {
  for (const entries of entryLists(bindings)) for (const entry of entries) visit(entry);
}

/** A rule that only got more or other entries is there already. Passes over the whole snapshot only when one might be. */
function newRules(before: Snapshot, { changed, perhapsKnown }: NamedRules): Iterable<Rule> {
  for (const id of changed.keys()) perhapsKnown.delete(id);
  if (perhapsKnown.size > 0) {
    forEachEntry(before, ({ rule }) => {
      const wanted = perhapsKnown.get(rule.id);
      if (wanted !== undefined && sameContent(wanted, rule)) perhapsKnown.delete(rule.id);
    });
  }
  return perhapsKnown.values();
}

function ruleTable(before: Snapshot, sent: readonly Rule[], received: Received): RuleOf {
  const fresh = new Map(sent.map(rule => [rule.id, received.rule(rule)]));
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

function applyBinding(before: readonly Binding[], put: BindingPut, patch: ListenerPatch): Binding {
  const base = before[put.base]?.listeners ?? [];
  return { ...put.fields, listeners: applyList(base, put.inner, inner => applyListener(base, inner, patch)) };
}
