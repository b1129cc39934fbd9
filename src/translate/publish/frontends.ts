// SPDX-License-Identifier: Apache-2.0

import type { Service } from '../../resources/index.ts';
import {
  type Binding,
  compareListeners,
  type Frontend,
  type HttpListener,
  type Listener,
  type ListenerIdentity,
  type StreamRule,
  type TcpListener,
  type TlsListener,
} from '../../snapshot/index.ts';
import { ANY_HOST, haveSameItems, interned, keepList, share } from '../../values/index.ts';
import { bindingId } from '../accept/addresses.ts';
import type { FrontendGroup, FrontendGroups } from '../arbitrate/frontend-groups.ts';
import type { ListenerTables } from '../arbitrate/listener-tables.ts';
import type { StreamTables } from '../arbitrate/stream-tables.ts';
import { frontendId, frontendsOf, tableOf } from '../attach/service-target.ts';
import type { MeshEnvironment } from '../environment.ts';
import { DEFAULT_STREAM_IDLE_MS } from '../resolve/annotations/idle-timeout.ts';
import { isLocalService, type ResolvedBackend } from '../resolve/backend-refs.ts';
import { clusterId } from '../resolve/clusters.ts';
import { type Claim, type LostFrontend, shareSockets } from './frontend-sockets.ts';

/** What frontends are made of. */
export interface FrontendSources {
  readonly groups: FrontendGroups;
  readonly tables: ListenerTables;
  readonly streams: StreamTables;
  readonly services: ReadonlyMap<string, Service>;
  /** undefined: other processes serve Services. */
  readonly mesh: MeshEnvironment | undefined;
  /** See `MeshContext`. */
  readonly isOnNode: boolean;
  /** See `TranslateEnvironment`. */
  readonly movedPorts: ReadonlyMap<number, number>;
  /** Sockets of Gateways: a frontend cannot have one of those. */
  readonly taken: readonly Binding[];
}

export interface PublishedFrontends {
  readonly sources: FrontendSources;
  readonly byService: ReadonlyMap<string, PublishedService>;
  /** Sorted by id. */
  readonly bindings: readonly Binding[];
  /** The Services themselves, for clients that no route is for. */
  readonly backends: readonly ResolvedBackend[];
  /** Those whose socket somebody else has, the oldest Service first. */
  readonly lost: readonly LostFrontend[];
}

/** The frontends of one Service, and what they were made of. */
interface PublishedService {
  readonly madeOf: readonly unknown[];
  readonly service: Service;
  readonly bindings: readonly Claim['binding'][];
  readonly backends: readonly ResolvedBackend[];
}

const NONE: Omit<PublishedFrontends, 'sources'> = {
  byService: new Map(),
  bindings: [],
  backends: [],
  lost: [],
};

/** The entrances of all ports of Services that have routes. Services that did not change, nor their routes, are passed over. */
export function publishFrontends(
  sources: FrontendSources,
  previous: PublishedFrontends | undefined,
): PublishedFrontends {
  if (previous !== undefined && isSameWorld(previous.sources, sources)) return { ...previous, sources };
  const { groups, services, mesh } = sources;
  if (mesh === undefined || groups.byId.size === 0) return { ...NONE, sources };
  const isSamePlace = previous?.sources.mesh === mesh && previous.sources.movedPorts === sources.movedPorts;
  const byService = new Map<string, PublishedService>();
  for (const [key, ids] of groups.byService) {
    const service = services.get(key);
    if (service === undefined) continue;
    const ofService = groupsOf(ids, groups);
    const before = previous?.byService.get(key);
    const madeOf = [service, ...ofService.flatMap(group => [group, ...tablesOf(group, sources)])];
    const isSame = isSamePlace && before !== undefined && haveSameItems(before.madeOf, madeOf);
    byService.set(
      key,
      isSame ? before : publishService({ key, service, mesh }, ofService, { sources, before, madeOf }),
    );
  }
  const claims = [...byService.values()].flatMap(({ service, bindings: asked }) =>
    asked.map(binding => ({ service, binding })),
  );
  const { bindings, lost } = shareSockets(claims, sources.taken);
  const backends = [...byService.values()].flatMap(published => published.backends);
  return {
    sources,
    byService,
    bindings: keepList(previous?.bindings, bindings),
    backends: keepList(previous?.backends, backends),
    lost,
  };
}

function publishService(
  { key, service, mesh }: { readonly key: string; readonly service: Service; readonly mesh: MeshEnvironment },
  groups: readonly FrontendGroup[],
  known: {
    readonly sources: FrontendSources;
    readonly before: PublishedService | undefined;
    readonly madeOf: readonly unknown[];
  },
): PublishedService {
  const { sources, before, madeOf } = known;
  const bindings: Claim['binding'][] = [];
  const backends: ResolvedBackend[] = [];
  for (const [port, ofPort] of Map.groupBy(groups, group => group.port)) {
    const { listeners, own } = listenersOf(ofPort, { service, port, key }, sources);
    if (own !== null) backends.push(own);
    for (const frontend of frontendsOf(service, port, mesh)) {
      const entrance = mesh.entranceOf(frontend);
      if (entrance !== null) bindings.push(bindingOf(frontend, entrance, listeners));
    }
  }
  return {
    madeOf,
    service,
    bindings: share(before?.bindings, bindings),
    backends: share(before?.backends, backends),
  };
}

/** What the routes of a group come to. */
function tablesOf({ id, kind }: FrontendGroup, { tables, streams }: FrontendSources): readonly unknown[] {
  const table = tableOf(id, kind);
  return [tables.get(table), streams.get(table)];
}

function isSameWorld(before: FrontendSources, now: FrontendSources): boolean {
  return (
    before.groups.byId === now.groups.byId &&
    before.tables === now.tables &&
    before.streams === now.streams &&
    before.services === now.services &&
    before.mesh === now.mesh &&
    before.movedPorts === now.movedPorts &&
    before.taken === now.taken
  );
}

function groupsOf(ids: readonly string[], { byId }: FrontendGroups): readonly FrontendGroup[] {
  return ids.flatMap(id => byId.get(id) ?? []);
}

function bindingOf(
  frontend: Frontend,
  { address, port }: { readonly address: string; readonly port: number },
  listeners: readonly Listener[],
): Claim['binding'] {
  const id = bindingId(address, port, 'tcp');
  return { id, address, port, admission: 'clients', frontend, proxyProtocolFrom: [], listeners };
}

interface ServedPort {
  readonly service: Service;
  /** `namespace/name`. */
  readonly key: string;
  readonly port: number;
}

/** `own`: where the clients of no route go; null: there are none. */
function listenersOf(
  groups: readonly FrontendGroup[],
  served: ServedPort,
  tables: FrontendSources,
): { readonly listeners: readonly Listener[]; readonly own: ResolvedBackend | null } {
  const listeners = groups.map(group => listenerOf(group, served, tables));
  const isForAll = groups.some(({ clients }) => clients === null);
  const own = isForAll ? null : ownBackend(served, tables.isOnNode);
  if (own !== null) listeners.push(unroutedListener(served, own));
  return { listeners: listeners.sort(compareListeners), own };
}

function listenerOf(
  { id, kind, clients }: FrontendGroup,
  served: ServedPort,
  { tables, streams }: FrontendSources,
): Listener {
  const identity = identityOf(id, clients, served);
  const table = tableOf(id, kind);
  const serverNames = streams.get(table)?.serverNames ?? [];
  switch (kind) {
    case 'GRPCRoute':
    case 'HTTPRoute':
      return {
        kind: 'http',
        ...identity,
        ...PLAIN,
        virtualHosts: tables.get(table)?.virtualHosts ?? [],
        ports: portsOf(served),
      } satisfies HttpListener;
    case 'TLSRoute':
      return { kind: 'tls', ...identity, tls: null, serverNames } satisfies TlsListener;
    case 'TCPRoute':
    case 'UDPRoute':
      return { kind: 'tcp', ...identity, rule: serverNames[0]?.rule ?? null } satisfies TcpListener;
  }
}

/** Clients call it by its own port. */
function portsOf({ port }: ServedPort): HttpListener['ports'] {
  return { own: port, http: 80, https: 443 };
}

/** What is said of Gateways. */
const PLAIN = { filters: [], health: null, trustedProxies: [], tracing: null } as const;

/** All bytes to the Service's own endpoints, as without routes. */
function unroutedListener(served: ServedPort, own: ResolvedBackend): TcpListener {
  const { service, key, port } = served;
  const { namespace, name } = service.metadata;
  const id = frontendId({ service: key, port, clients: null });
  const rule: StreamRule = {
    id,
    origin: { kind: 'Service', namespace, name, ruleIndex: 0, ruleName: '' },
    fault: null,
    backends: [{ weight: 1, target: { kind: 'cluster', cluster: own.clusterId } }],
    totalWeight: 1,
    idleTimeoutMs: DEFAULT_STREAM_IDLE_MS,
    alpn: [],
  };
  return { kind: 'tcp', ...identityOf(id, null, served), rule };
}

function ownBackend({ key, port, service }: ServedPort, isOnNode: boolean): ResolvedBackend {
  const isLocal = isOnNode && isLocalService(service);
  const way = { protocol: 'tcp', tls: null, isLocal } as const;
  return { clusterId: clusterId(key, port, way), owner: key, port, ...way };
}

function identityOf(id: string, clients: string | null, { service, port }: ServedPort): ListenerIdentity {
  const name = service.spec.ports.find(one => one.port === port && one.protocol === 'TCP')?.name;
  return {
    id: interned(id),
    gateway: null,
    listenerSet: null,
    clients,
    name: name || String(port),
    hostname: ANY_HOST,
  };
}
