// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Endpoints, Service } from '../../resources/index.ts';
import type { Cluster, EndpointSet } from '../../snapshot/index.ts';
import { keepList, share } from '../../values/index.ts';
import type { AcceptedGateway } from '../accept/gateways.ts';
import { type FrontendGroups, isApplied, NO_GROUPS } from '../arbitrate/frontend-groups.ts';
import { changedKeys, updateSorted } from '../changes.ts';
import { ownerOfXBackend, xBackendOf } from '../resolve/backend-object.ts';
import type { ResolvedBackend } from '../resolve/backend-refs.ts';
import { type ResolvedCluster, resolveCluster, type TlsSources } from '../resolve/clusters.ts';
import { changedPods, type PodIndex } from '../resolve/pod-index.ts';
import type { TrafficOfServices } from '../resolve/service-traffic.ts';
import type { SliceIndex } from '../resolve/slice-index.ts';
import type { XBackends } from '../resolve/x-backend.ts';
import { resolveXBackendCluster, selectsPod } from '../resolve/x-backend-cluster.ts';
import type { TranslatedRoute } from '../rules/translate-route.ts';
import type { TranslatedRoutes } from '../rules/translated-routes.ts';

/** The clusters that routes and listeners use, sorted by id, with their endpoints. */
export interface PublishedClusters {
  /** Whom the filters of listeners ask, and whom Gateways tell of requests. */
  readonly ofGateways: readonly ResolvedBackend[];
  /** The Services of clients that no route is for. */
  readonly ofFrontends: readonly ResolvedBackend[];
  /** By which it was told which routes are applied. */
  readonly groups: FrontendGroups;
  readonly sources: ClusterSources;
  readonly uses: ReadonlyMap<string, ClusterUse>;
  /** Ids of what is used of each Service or XBackend. */
  readonly byOwner: ReadonlyMap<string, readonly string[]>;
  readonly byId: ReadonlyMap<string, ResolvedCluster>;
  readonly clusters: readonly Cluster[];
  readonly endpoints: readonly EndpointSet[];
  /** What there is to say about the Services of the clusters. */
  readonly findings: readonly Finding[];
}

/** How many routes and listeners send to a cluster. */
interface ClusterUse {
  readonly backend: ResolvedBackend;
  readonly count: number;
}

/** What clusters are made of. */
export interface ClusterSources {
  readonly services: ReadonlyMap<string, Service>;
  readonly slices: SliceIndex;
  readonly endpoints: ReadonlyMap<string, Endpoints>;
  readonly tls: TlsSources;
  readonly traffic: TrafficOfServices;
  readonly xBackends: XBackends;
  readonly pods: PodIndex;
  /** As in `HostOwner`. */
  readonly refusesLocal: boolean;
}

export interface ClusterUsers {
  readonly routes: TranslatedRoutes;
  readonly groups: FrontendGroups;
  readonly gateways: Iterable<AcceptedGateway>;
  /** See `PublishedFrontends.backends`. */
  readonly frontends: readonly ResolvedBackend[];
}

const NO_SLICES: readonly never[] = [];
const NO_BACKENDS: readonly never[] = [];

/** Builds the clusters whose use, Service or endpoints changed; the others keep their identity. */
export function publishClusters(
  sources: ClusterSources,
  users: ClusterUsers,
  previous: PublishedClusters | undefined,
): PublishedClusters {
  const ofFrontends = users.frontends;
  const ofGateways = share(previous?.ofGateways, backendsOfListeners(users.gateways));
  const uses = countUses(users, ofGateways, previous);
  const byOwner = previous?.uses === uses ? previous.byOwner : idsByOwner(uses);
  const known = previous?.byId ?? new Map<string, ResolvedCluster>();
  const updates = new Map<string, ResolvedCluster | undefined>();
  for (const id of outdatedClusters(sources, { uses, byOwner }, previous)) {
    const before = known.get(id);
    const after = buildCluster(uses.get(id)?.backend, sources, before);
    if (after !== before) updates.set(id, after);
  }
  const used = { ofGateways, ofFrontends, groups: users.groups, sources, uses, byOwner };
  if (previous !== undefined && updates.size === 0) return { ...previous, ...used };
  const byId = updateSorted(known, updates);
  const lists = replacedLists(previous, updates) ?? listsOf(byId, previous);
  return { ...used, byId, ...lists };
}

type ClusterLists = Pick<PublishedClusters, 'clusters' | 'endpoints' | 'findings'>;

function listsOf(byId: ReadonlyMap<string, ResolvedCluster>, previous: PublishedClusters | undefined): ClusterLists {
  const all = [...byId.values()];
  return {
    clusters: keepList(
      previous?.clusters,
      all.map(resolved => resolved.cluster),
    ),
    endpoints: keepList(
      previous?.endpoints,
      all.map(resolved => resolved.endpoints),
    ),
    findings: saidOnce(all.flatMap(resolved => resolved.findings)),
  };
}

/** Where nothing but endpoints changed, as it does most often, hardly more than these is looked at; undefined: more did. */
function replacedLists(
  previous: PublishedClusters | undefined,
  updates: ReadonlyMap<string, ResolvedCluster | undefined>,
): ClusterLists | undefined {
  if (previous === undefined) return undefined;
  const { byId, clusters, findings } = previous;
  const endpoints = previous.endpoints.slice();
  for (const [id, after] of updates) {
    const before = byId.get(id);
    if (after === undefined || after.cluster !== before?.cluster || after.findings !== before.findings)
      return undefined;
    endpoints[placeOf(clusters, id)] = after.endpoints;
  }
  return { clusters, endpoints, findings };
}

/** In a list that is sorted and has it. */
function placeOf(clusters: readonly Cluster[], id: string): number {
  let [from, to] = [0, clusters.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((clusters[middle]?.id ?? '') < id) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** What is spoken to a port in several ways is several clusters, of which the same is said. */
function saidOnce(findings: readonly Finding[]): readonly Finding[] {
  const said = new Map(
    findings.map(finding => [`${finding.resource?.namespace}/${finding.resource?.name} ${finding.message}`, finding]),
  );
  return said.size === findings.length ? findings : [...said.values()];
}

function countUses(
  { routes: { changes, byKey }, groups, frontends }: ClusterUsers,
  ofGateways: readonly ResolvedBackend[],
  previous: PublishedClusters | undefined,
): ReadonlyMap<string, ClusterUse> {
  const before: ReadonlyMap<string, ClusterUse> = previous?.uses ?? new Map();
  let uses: Map<string, ClusterUse> | undefined;
  const move = (released: readonly ResolvedBackend[], taken: readonly ResolvedBackend[]): void => {
    if (released === taken) return;
    uses ??= new Map(before);
    for (const backend of taken) addUse(uses, backend, 1);
    for (const backend of released) addUse(uses, backend, -1);
  };
  const then = previous?.groups ?? NO_GROUPS;
  for (const { before: old, after: now } of changes.values()) move(usedBackends(old, then), usedBackends(now, groups));
  for (const key of groups.concerned) {
    const route = changes.has(key) ? undefined : byKey.get(key);
    move(usedBackends(route, then), usedBackends(route, groups));
  }
  move(previous?.ofGateways ?? NO_BACKENDS, ofGateways);
  move(previous?.ofFrontends ?? NO_BACKENDS, frontends);
  return uses ?? before;
}

/** A listener that is bound nowhere asks nobody. */
function backendsOfListeners(gateways: Iterable<AcceptedGateway>): readonly ResolvedBackend[] {
  const backends: ResolvedBackend[] = [];
  for (const { listeners, tracing } of gateways) {
    const bound = listeners.filter(({ sockets }) => sockets.length > 0);
    for (const { judged } of bound) backends.push(...judged.filters.backends);
    if (tracing.backend !== null && bound.length > 0) backends.push(tracing.backend);
  }
  return backends;
}

function idsByOwner(uses: ReadonlyMap<string, ClusterUse>): ReadonlyMap<string, readonly string[]> {
  const byOwner = new Map<string, string[]>();
  for (const [id, { backend }] of uses) {
    const ids = byOwner.get(backend.owner);
    if (ids === undefined) byOwner.set(backend.owner, [id]);
    else ids.push(id);
  }
  return byOwner;
}

function addUse(uses: Map<string, ClusterUse>, backend: ResolvedBackend, change: 1 | -1): void {
  const count = (uses.get(backend.clusterId)?.count ?? 0) + change;
  if (count === 0) uses.delete(backend.clusterId);
  else uses.set(backend.clusterId, { backend, count });
}

/** A route that is applied nowhere sends nothing, so its clusters need no connections or health checks. */
function usedBackends(route: TranslatedRoute | undefined, groups: FrontendGroups): readonly ResolvedBackend[] {
  const isUsed = route?.attachments.some(attachment => isApplied(route.route.kind, attachment, groups)) === true;
  return isUsed ? route.backends : NO_BACKENDS;
}

/** Ids of clusters that came, went, or whose Service or endpoints changed. */
function outdatedClusters(
  sources: ClusterSources,
  { uses, byOwner }: Pick<PublishedClusters, 'uses' | 'byOwner'>,
  previous: PublishedClusters | undefined,
): Iterable<string> {
  if (previous === undefined || previous.sources.slices.place !== sources.slices.place) {
    return new Set([...(previous?.byId.keys() ?? []), ...uses.keys()]);
  }
  const outdated = new Set<string>();
  if (uses !== previous.uses) {
    for (const id of uses.keys()) if (!previous.byId.has(id)) outdated.add(id);
    for (const id of previous.byId.keys()) if (!uses.has(id)) outdated.add(id);
  }
  const services = new Set<string>([
    ...changedKeys(previous.sources.services, sources.services),
    ...changedKeys(previous.sources.slices.byService, sources.slices.byService),
    ...changedKeys(previous.sources.endpoints, sources.endpoints),
    ...changedKeys(previous.sources.tls.services, sources.tls.services),
    ...changedKeys(previous.sources.traffic, sources.traffic),
  ]);
  for (const key of changedKeys(previous.sources.xBackends, sources.xBackends)) services.add(ownerOfXBackend(key));
  for (const key of xBackendsOfPods(previous.sources, sources)) services.add(ownerOfXBackend(key));
  const secrets = new Set(changedKeys(previous.sources.tls.clientCertificates, sources.tls.clientCertificates));
  for (const owner of services) for (const id of byOwner.get(owner) ?? []) outdated.add(id);
  if (secrets.size > 0)
    for (const [id, { backend }] of uses) if (secrets.has(backend.tls?.clientSecret ?? '')) outdated.add(id);
  return outdated;
}

/** XBackends that select Pods which changed, as these were or as they are. */
function xBackendsOfPods({ pods }: ClusterSources, now: ClusterSources): readonly string[] {
  const changed = changedPods(pods, now.pods);
  if (changed.size === 0) return [];
  return [...now.xBackends].flatMap(([key, judged]) => {
    const ofNamespace = changed.get(judged.backend.metadata.namespace) ?? [];
    return ofNamespace.some(pod => selectsPod(judged, pod)) ? [key] : [];
  });
}

function buildCluster(
  backend: ResolvedBackend | undefined,
  sources: ClusterSources,
  known: ResolvedCluster | undefined,
): ResolvedCluster | undefined {
  if (backend === undefined) return undefined;
  const key = xBackendOf(backend.owner);
  const resolved = key === undefined ? serviceCluster(backend, sources) : xBackendCluster(key, backend, sources);
  return resolved === undefined || known === undefined ? resolved : keepCluster(known, resolved);
}

function keepCluster(known: ResolvedCluster, resolved: ResolvedCluster): ResolvedCluster {
  const cluster = share(known.cluster, resolved.cluster);
  const endpoints = share(known.endpoints, resolved.endpoints);
  const findings = share(known.findings, resolved.findings);
  const isSame = cluster === known.cluster && endpoints === known.endpoints && findings === known.findings;
  return isSame ? known : { cluster, endpoints, findings };
}

function xBackendCluster(key: string, backend: ResolvedBackend, sources: ClusterSources): ResolvedCluster | undefined {
  const judged = sources.xBackends.get(key);
  if (judged === undefined) return undefined;
  const { clientCertificates } = sources.tls;
  const { pods, refusesLocal } = sources;
  return resolveXBackendCluster(judged, backend, { pods, clientCertificates, refusesLocal });
}

function serviceCluster(backend: ResolvedBackend, sources: ClusterSources): ResolvedCluster | undefined {
  const service = sources.services.get(backend.owner);
  if (service === undefined) return undefined;
  const { byService, place } = sources.slices;
  const slices = byService.get(backend.owner) ?? NO_SLICES;
  const endpoints = sources.endpoints.get(backend.owner);
  const traffic = sources.traffic.get(backend.owner);
  const { tls, refusesLocal } = sources;
  return resolveCluster(service, backend, { slices, endpoints, place, tls, traffic, refusesLocal });
}
