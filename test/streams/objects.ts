// SPDX-License-Identifier: Apache-2.0

/** The objects of a world as a user writes them. */
import {
  protocolOf,
  type World,
  type WrittenGrant,
  type WrittenListener,
  type WrittenOwner,
  type WrittenRoute,
} from './world.ts';

const API = 'gateway.networking.k8s.io/v1';

/** `endpoints`: ports by `namespace/service`. */
export function objectsOf(
  world: World,
  endpoints: Readonly<Record<string, readonly [tcp: number, udp: number]>>,
): object[] {
  return [
    ...(['a', 'b'] as const).flatMap(namespace => [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespace, labels: { team: namespace === 'a' ? 'red' : 'blue' } },
      },
      secret(namespace),
      ...['full', 'other', 'empty'].map(name => service(namespace, name)),
    ]),
    ...Object.entries(endpoints).map(([key, ports]) => slice(key, ports)),
    ...world.owners.map(ownerObject),
    ...world.routes.map(routeObject),
    ...world.grants.map(grantObject),
  ];
}

const SECRET = 'cert';
function secret(namespace: string): object {
  const stringData = { 'tls.crt': 'good', 'tls.key': 'good' };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: SECRET, namespace },
    type: 'kubernetes.io/tls',
    stringData,
  };
}

function service(namespace: string, name: string): object {
  const ports = [
    { name: 't', port: 1, protocol: 'TCP' },
    { name: 'u', port: 1, protocol: 'UDP' },
  ];
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { ports } };
}

function slice(key: string, [tcp, udp]: readonly [number, number]): object {
  const [namespace = '', name = ''] = key.split('/');
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [
      { name: 't', port: tcp, protocol: 'TCP' },
      { name: 'u', port: udp, protocol: 'UDP' },
    ],
    endpoints: [{ addresses: ['127.0.0.1'] }],
  };
}

function ownerObject({
  namespace,
  name,
  created: creationTimestamp,
  listeners: list,
  takes,
  parent: of,
}: WrittenOwner): object {
  const metadata = { name, namespace, creationTimestamp };
  const written = list.map(listenerObject);
  if (of !== null)
    return { apiVersion: API, kind: 'ListenerSet', metadata, spec: { parentRef: of, listeners: written } };
  const allowedListeners = { namespaces: from(takes) };
  return {
    apiVersion: API,
    kind: 'Gateway',
    metadata,
    spec: { gatewayClassName: 'c', allowedListeners, listeners: written },
  };
}

function from(value: WrittenOwner['takes']): object {
  return value === 'Selector' ? { from: value, selector: { matchLabels: { team: 'red' } } } : { from: value };
}

function listenerObject(one: WrittenListener): object {
  const certificateRefs = [{ name: SECRET }];
  const tls =
    one.speaks === 'Passthrough'
      ? { mode: 'Passthrough' }
      : one.speaks === 'Terminate' || one.speaks === 'HTTPS'
        ? { mode: 'Terminate', certificateRefs }
        : undefined;
  return {
    name: one.name,
    port: one.port,
    protocol: protocolOf(one),
    ...(one.hostname === '' ? {} : { hostname: one.hostname }),
    ...(tls === undefined ? {} : { tls }),
    allowedRoutes: {
      namespaces: from(one.from),
      ...(one.kinds.length === 0 ? {} : { kinds: one.kinds.map(kind => ({ kind })) }),
    },
  };
}

function routeObject({
  kind,
  namespace,
  name,
  created: creationTimestamp,
  parents,
  hostnames,
  backends,
}: WrittenRoute): object {
  const spec = {
    parentRefs: parents,
    ...(kind === 'TLSRoute' ? { hostnames } : {}),
    rules: [{ backendRefs: backends }],
  };
  return { apiVersion: API, kind, metadata: { name, namespace, creationTimestamp }, spec };
}

function grantObject({ namespace, from: kind, fromNamespace, to }: WrittenGrant, at: number): object {
  return {
    apiVersion: API,
    kind: 'ReferenceGrant',
    metadata: { name: `grant${at}`, namespace },
    spec: {
      from: [{ group: 'gateway.networking.k8s.io', kind, namespace: fromNamespace }],
      to: [{ group: '', kind: 'Service', ...(to === '' ? {} : { name: to }) }],
    },
  };
}
