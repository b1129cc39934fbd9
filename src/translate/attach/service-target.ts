// SPDX-License-Identifier: Apache-2.0

import type { Service, ServicePort } from '../../resources/index.ts';
import type { Frontend } from '../../snapshot/index.ts';
import { ANY_HOST, formatNamespacedName, interned } from '../../values/index.ts';
import type { MeshContext } from '../accept/meshes.ts';
import type { Entrance, MeshEnvironment } from '../environment.ts';
import { ENCRYPTING, PASSING_ON } from '../resolve/backend-way.ts';
import { type AttachableRoute, isRequestRoute } from '../route-kinds.ts';
import type { ListenerTarget, ParentTarget } from './parent-target.ts';
import { kindsOfPort } from './port-kinds.ts';

/**
 * A Service as the parent of a route: its ports, each of which is a frontend. For routes of its own namespace (producer) that of all clients, for
 * others (consumer) that of the clients in the route's namespace.
 */
export function serviceTarget(service: Service, route: AttachableRoute, mesh: MeshContext): ParentTarget {
  const { namespace } = service.metadata;
  const clients = route.metadata.namespace === namespace ? null : route.metadata.namespace;
  const key = interned(formatNamespacedName(service.metadata));
  return {
    kind: 'Service',
    key,
    namespace,
    controllerName: mesh.controllerName,
    isDefault: false,
    listeners: service.spec.ports.map(port => portTarget(service, port, { key, clients, route, mesh })),
  };
}

interface TargetParts {
  readonly key: string;
  readonly clients: string | null;
  readonly route: AttachableRoute;
  readonly mesh: MeshContext;
}

function portTarget(service: Service, port: ServicePort, { key, clients, route, mesh }: TargetParts): ListenerTarget {
  const id = frontendId({ service: key, port: port.port, clients });
  const entrances = frontendsOf(service, port.port, mesh.environment).map(one => mesh.environment.entranceOf(one));
  return {
    id,
    table: tableOf(id, route.kind),
    gateway: null,
    frontend: { service: key, clients },
    name: port.name || String(port.port),
    port: port.port,
    protocol: port.appProtocol ?? port.protocol,
    hostname: ANY_HOST,
    secure: false,
    way: { ...(isRequestRoute(route) ? ENCRYPTING : PASSING_ON), granted: grantedTo(route, service.metadata) },
    isPublic: false,
    trustsProxies: false,
    carriesTraffic: entrances.some(isOpen),
    kinds: kindsOfPort(port),
    from: 'All',
    selector: null,
    neighbours: [],
  };
}

/**
 * See `BackendWay.granted`. A consumer's clients were on their way to the Service's namespace, so leading them there opens nothing. Other
 * namespaces would be opened: endpoints see a connection of the node, which network policies let in, and not one of the client.
 */
export function grantedTo(route: AttachableRoute, service: { readonly namespace: string }): string | null {
  return service.namespace === route.metadata.namespace ? null : service.namespace;
}

/** See `Listener.id`. */
export function frontendId({
  service,
  port,
  clients,
}: {
  readonly service: string;
  readonly port: number;
  readonly clients: string | null;
}): string {
  const id = `Service/${service}:${port}`;
  return interned(clients === null ? id : `${id}/${clients}`);
}

/** See `ListenerTarget.table`. */
export function tableOf(id: string, kind: AttachableRoute['kind']): string {
  return interned(`${id} ${kind}`);
}

/** Where clients connect to for a port of a Service: one for each ClusterIP. */
export function frontendsOf(service: Service, port: number, mesh: MeshEnvironment): readonly Frontend[] {
  const { namespace, name } = service.metadata;
  return clusterIpsOf(service, mesh).map(address => ({ namespace, name, address, port }));
}

function clusterIpsOf({ spec, metadata }: Service, mesh: MeshEnvironment): readonly string[] {
  const { clusterIPs, clusterIP = '' } = spec;
  if (clusterIPs !== undefined && clusterIPs.length > 0) return clusterIPs;
  if (clusterIP !== '') return [clusterIP];
  const given = mesh.addressOf(metadata);
  return given === null ? [] : [given];
}

export function isOpen(entrance: Entrance): entrance is Extract<Entrance, { readonly port: number }> {
  return 'port' in entrance;
}
