// SPDX-License-Identifier: Apache-2.0

/** Rules whose backend is the Gateway itself: what they send comes back to them. */
import type { Finding } from '../../errors/index.ts';
import type { Binding, Cluster, Endpoint, Filter, Rule, StreamRule, TlsListener } from '../../snapshot/index.ts';
import { routesRequests, transportOf } from '../../snapshot/index.ts';
import { compareStrings } from '../../values/index.ts';
import type { ListenerTables } from '../arbitrate/listener-tables.ts';
import type { PublishedClusters } from '../publish/clusters.ts';
import { findingOf, routeOf } from '../report.ts';
import { type EntryPlace, FirstTakers } from './first-takers.ts';
import { isReachedAt, type KnownEndpoints, ownEndpoints } from './own-endpoints.ts';
import { pathAfter } from './redirect-loops.ts';

/** Rules of Gateways that send to themselves; what they take goes round until a limit ends it. */
export function lintBackendLoops(
  bindings: readonly Binding[],
  clusters: Pick<PublishedClusters, 'byId' | 'endpoints'>,
  { tables, known }: { readonly tables: ListenerTables; readonly known: KnownEndpoints },
): readonly Finding[] {
  const found = new Map<string, Finding>();
  const takers = new FirstTakers(tables);
  for (const [binding, own] of ownClusters(bindings, clusters, known)) {
    for (const { rule, back } of rulesOf(binding, own, takers)) {
      if (!found.has(rule.id)) found.set(rule.id, loop(rule, back));
    }
  }
  return [...found].sort(([a], [b]) => compareStrings(a, b)).map(([, finding]) => finding);
}

/** Clusters with an endpoint where we listen, by id. */
type OwnClusters = ReadonlyMap<string, Endpoint>;

/** Those that lead to each binding; hardly ever there is one. */
function ownClusters(
  bindings: readonly Binding[],
  { byId, endpoints }: Pick<PublishedClusters, 'byId' | 'endpoints'>,
  known: KnownEndpoints,
): ReadonlyMap<Binding, OwnClusters> {
  if (bindings.length === 0) return new Map();
  const byPort = Map.groupBy(bindings, ({ port }) => port);
  const found = new Map<Binding, Map<string, Endpoint>>();
  const take = (id: string, endpoint: Endpoint): void => {
    for (const binding of byPort.get(endpoint.port) ?? NOBODY) {
      if (!isReachedAt(binding.address, endpoint.address)) continue;
      const cluster = byId.get(id)?.cluster;
      if (cluster === undefined || !isTakenBy(binding, cluster)) continue;
      const own = found.get(binding) ?? new Map<string, Endpoint>();
      found.set(binding, own.set(id, endpoint));
    }
  };
  for (const set of endpoints) for (const endpoint of ownEndpoints(set, byPort, known)) take(set.cluster, endpoint);
  return found;
}

const NOBODY: readonly Binding[] = [];

/** What is said to the endpoint is what the binding listens for. */
function isTakenBy({ admission }: Binding, { protocol, tls }: Cluster): boolean {
  const speaksRequests = protocol === 'h1' || protocol === 'h2';
  switch (admission) {
    case 'first-bytes':
      return speaksRequests && tls === null;
    case 'client-hello':
      // Of streams in TLS it is only known that they are, where they are passed on.
      return speaksRequests ? tls !== null : protocol === 'tcp' && tls === null;
    case 'clients':
      return false;
    case 'stream':
    case 'datagrams':
      return (protocol === 'udp') === (transportOf(admission) === 'udp');
  }
}

interface LoopingRule {
  readonly rule: Rule | StreamRule;
  /** What leads back to it. */
  readonly back: Endpoint;
}

function* rulesOf({ listeners }: Binding, own: OwnClusters, takers: FirstTakers): Generator<LoopingRule> {
  const seen = new Set<unknown>();
  for (const listener of listeners) {
    if (routesRequests(listener)) {
      for (const { hostname, entries } of listener.virtualHosts) {
        if (seen.has(entries)) continue;
        seen.add(entries);
        for (const entry of entries) yield* requestLoops({ entry, listener: listener.id, hostname }, own, takers);
      }
    } else {
      const rules = listener.kind === 'tls' ? passedOn(listener) : [listener.rule];
      for (const rule of rules) if (rule !== null) yield* streamLoops(rule, own);
    }
  }
}

/** What is in TLS that ended here comes back without it. */
function passedOn({ tls, serverNames }: TlsListener): readonly StreamRule[] {
  return tls === null ? serverNames.map(({ rule }) => rule) : [];
}

function streamLoops(rule: StreamRule, own: OwnClusters): readonly LoopingRule[] {
  return rule.backends.flatMap(({ target }) => {
    const back = target.kind === 'cluster' ? own.get(target.cluster) : undefined;
    return back === undefined ? [] : [{ rule, back }];
  });
}

/** A request with other headers, or for another host, may be another rule's. */
function requestLoops(place: EntryPlace, own: OwnClusters, takers: FirstTakers): readonly LoopingRule[] {
  const { rule } = place.entry;
  return rule.backends.flatMap(({ target, filters }) => {
    const back = target.kind === 'cluster' ? own.get(target.cluster) : undefined;
    if (back === undefined) return [];
    const path = pathSent(place, [...rule.filters, ...filters]);
    const isOthers = path === undefined || (path !== null && takers.isTakenBefore(place, path));
    return isOthers ? [] : [{ rule, back }];
  });
}

/** The path that is sent and that the entry takes again; null: the one that came. undefined: what is sent may be another rule's. */
function pathSent({ entry: { match } }: EntryPlace, filters: readonly Filter[]) {
  let path: string | null = null;
  for (const filter of filters) {
    if (filter.kind === 'request-headers') return undefined;
    if (filter.kind !== 'rewrite') continue;
    const { rewrite } = filter;
    const after = match.kind === 'http' && rewrite.hostname === null ? pathAfter(match, rewrite) : undefined;
    if (after === undefined) return undefined;
    path = after ?? path;
  }
  return path;
}

function loop({ origin }: Rule | StreamRule, { address, port }: Endpoint): Finding {
  return findingOf('lint/backend-loop', routeOf(origin), {
    path: ['spec', 'rules', origin.ruleIndex, 'backendRefs'],
    message: `The rule sends to itself: the Gateway listens at the endpoint ${address}:${port}, and gives what comes there to the rule again`,
    help: 'Correct the endpoints of the Service, or name another Service',
  });
}
