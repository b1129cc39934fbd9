// SPDX-License-Identifier: Apache-2.0

import { formatNamespacedName, isLoopback, share, type WrittenLabelSelector } from '../../values/index.ts';
import { type AcceptedGateway, type AcceptedListener, listenersByOwner } from '../accept/gateways.ts';
import type { RefusedSet } from '../accept/listener-sets.ts';
import type { ServedProtocol } from '../accept/protocols.ts';
import { type ListenerOwner, ownerKey } from '../listener-site.ts';
import { type BackendWay, ENCRYPTING, PASSING_ON } from '../resolve/backend-way.ts';
import { PortNeighbours } from './port-neighbours.ts';

/** All that attaching a route depends on in a Gateway, a ListenerSet or a Service. Keeps its identity while none of it changes. */
export interface ParentTarget {
  readonly kind: ListenerOwner['kind'] | 'Service';
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly controllerName: string;
  /** Routes attach to it without naming it (GatewaySpec.defaultScope). */
  readonly isDefault: boolean;
  /** Its own. Empty for a ListenerSet that is attached to no Gateway. */
  readonly listeners: readonly ListenerTarget[];
}

export interface ListenerTarget {
  /** `listenerId`, or as of a listener of a frontend (`Listener.id`). */
  readonly id: string;
  /** By which the rules of its routes are put together: its id; of a frontend, where kinds of routes are not mixed, one for each kind. */
  readonly table: string;
  /** The Gateway that it is a listener of, as `namespace/name`; null: it is of a Service. */
  readonly gateway: string | null;
  /** What it is of a Service; null: it is of a Gateway. */
  readonly frontend: FrontendTarget | null;
  readonly name: string;
  /** As written; parentRef.port means this one. */
  readonly port: number;
  readonly protocol: string;
  /** `*` when it has none. */
  readonly hostname: string;
  readonly secure: boolean;
  /** How backends are reached for what comes in here. */
  readonly way: BackendWay;
  /** False: only this machine reaches it. */
  readonly isPublic: boolean;
  /** Some proxies are believed what they say of clients. */
  readonly trustsProxies: boolean;
  readonly carriesTraffic: boolean;
  readonly kinds: readonly string[];
  readonly from: string;
  /** null: takes no namespace. */
  readonly selector: WrittenLabelSelector | null;
  /** One object a port. */
  readonly neighbours: PortNeighbours;
}

/** A port of a Service, as the routes of one namespace see it. */
export interface FrontendTarget {
  /** `namespace/name`. */
  readonly service: string;
  /** The namespace whose clients are routed; null: all that no other route of the port is for. */
  readonly clients: string | null;
}

/** The view of `owner`, the Gateway `accepted` or a ListenerSet of it, that routes attach to. */
function parentTarget(
  owner: ListenerOwner,
  accepted: AcceptedGateway,
  own: {
    readonly listeners: readonly AcceptedListener[];
    readonly neighbours: ReadonlyMap<number, PortNeighbours>;
  },
): ParentTarget {
  const isPublic = accepted.addresses.some(address => !isLoopback(address));
  return {
    ...nameTarget(owner, accepted.controllerName),
    isDefault: owner.kind === 'Gateway' && owner.spec.defaultScope === 'All',
    listeners: own.listeners.map(listener => ({
      ...listenerTarget(listener, accepted, isPublic),
      neighbours: own.neighbours.get(listener.judged.spec.port) ?? PortNeighbours.NONE,
    })),
  };
}

function nameTarget(
  { kind, metadata }: ListenerOwner,
  controllerName: string,
): Omit<ParentTarget, 'isDefault' | 'listeners'> {
  return { kind, key: formatNamespacedName(metadata), namespace: metadata.namespace, controllerName };
}

function listenerTarget(
  listener: AcceptedListener,
  accepted: AcceptedGateway,
  isPublic: boolean,
): Omit<ListenerTarget, 'neighbours'> {
  const { spec, id, hostname, protocol, kinds } = listener.judged;
  const namespaces = spec.allowedRoutes?.namespaces;
  return {
    id,
    table: id,
    gateway: accepted.key,
    frontend: null,
    name: spec.name,
    port: spec.port,
    protocol: spec.protocol,
    hostname,
    secure: protocol?.secure === true,
    way: { ...(encrypts(protocol) ? ENCRYPTING : PASSING_ON), clientSecret: accepted.clientCertificate.secret },
    isPublic,
    trustsProxies: accepted.trustedProxies.length > 0,
    carriesTraffic: listener.sockets.length > 0,
    kinds: kinds.map(kind => kind.kind),
    from: namespaces?.from ?? 'Same',
    selector: namespaces?.selector ?? null,
  };
}

/**
 * By port. What did not change keeps its identity, so that a Gateway with thousands of listeners is not compared listener by
 * listener for each of them.
 */
function neighboursOf(
  { gateway, sets, listeners }: AcceptedGateway,
  previous: ReadonlyMap<string, ParentTarget> | undefined,
): ReadonlyMap<number, PortNeighbours> {
  const known = new Map<number, PortNeighbours>();
  for (const owner of [gateway, ...sets])
    for (const { port, neighbours } of previous?.get(ownerKey(owner))?.listeners ?? []) known.set(port, neighbours);
  const working = listeners.filter(({ sockets }) => sockets.length > 0);
  const kept = new Map<number, PortNeighbours>();
  for (const [port, ofPort] of Map.groupBy(working, ({ judged }) => judged.spec.port)) {
    const list = ofPort.map(({ judged: { id, hostname } }) => ({ id, hostname }));
    kept.set(port, PortNeighbours.of(list, known.get(port)));
  }
  return kept;
}

/** Bytes of connections that end elsewhere go on as they are (BackendTLSPolicySpec.targetRefs: routes of requests, and TLSRoutes with termination). */
function encrypts(protocol: ServedProtocol | undefined): boolean {
  switch (protocol?.listener) {
    case 'http':
    case 'https':
      return true;
    case 'tls':
      return protocol.terminates;
    case 'tcp':
    case 'udp':
    case undefined:
      return false;
  }
}

/** The targets by `Kind/namespace/name`; the map and each target keep their identity while nothing in them changes. */
export function parentTargets(
  gateways: ReadonlyMap<string, AcceptedGateway>,
  refusedSets: readonly RefusedSet[],
  previous: ReadonlyMap<string, ParentTarget> | undefined,
): ReadonlyMap<string, ParentTarget> {
  const targets = new Map<string, ParentTarget>();
  let same = true;
  const add = (target: ParentTarget): void => {
    const key = `${target.kind}/${target.key}`;
    const before = previous?.get(key);
    const kept = share(before, target);
    if (kept !== before) same = false;
    targets.set(key, kept);
  };
  for (const accepted of gateways.values()) {
    const neighbours = neighboursOf(accepted, previous);
    const byOwner = listenersByOwner(accepted);
    for (const owner of [accepted.gateway, ...accepted.sets])
      add(parentTarget(owner, accepted, { listeners: byOwner.get(owner) ?? [], neighbours }));
  }
  for (const { set, controllerName } of refusedSets)
    add({ ...nameTarget(set, controllerName), isDefault: false, listeners: [] });
  return same && previous?.size === targets.size ? previous : targets;
}
