// SPDX-License-Identifier: Apache-2.0

import type { Service, ServicePort } from '../../resources/index.ts';
import type { Frontend } from '../../snapshot/index.ts';
import { ANY_HOST, formatNamespacedName, interned, normalAddress } from '../../values/index.ts';
import type { MeshContext } from '../accept/meshes.ts';
import type { MeshEnvironment } from '../environment.ts';
import { ENCRYPTING, PASSING_ON } from '../resolve/backend-way.ts';
import { type AttachableRoute, isRequestRoute } from '../route-kinds.ts';
import type { ListenerTarget, ParentTarget } from './parent-target.ts';
import { kindsOfPort } from './port-kinds.ts';
import { PortNeighbours } from './port-neighbours.ts';

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
  const frontends = frontendsOf(service, port.port, mesh.environment);
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
    way: {
      ...(isRequestRoute(route) ? ENCRYPTING : PASSING_ON),
      granted: grantedTo(route, service.metadata),
      isOfNode: mesh.isOnNode,
    },
    isPublic: false,
    trustsProxies: false,
    carriesTraffic: frontends.some(one => mesh.environment.closure(one) === null),
    kinds: kindsOfPort(port),
    from: 'All',
    selector: null,
    neighbours: PortNeighbours.NONE,
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

function clusterIpsOf(service: Service, mesh: MeshEnvironment): readonly string[] {
  const { type, clusterIPs = [], clusterIP = '' } = service.spec;
  if (isHeadless(service) || type === 'ExternalName') return [];
  const written = (clusterIPs.length > 0 ? clusterIPs : [clusterIP]).filter(address => address !== '');
  // One that is misspelt is no other than it is written: `closure` says that it leads nowhere.
  if (written.length > 0) return written.map(address => normalAddress(address) ?? address);
  const given = mesh.addressOf(service.metadata);
  return given === null ? [] : [given];
}

/** Without an address of its own, as the first of its ClusterIPs says. */
export function isHeadless({ spec }: Pick<Service, 'spec'>): boolean {
  return (spec.clusterIP || spec.clusterIPs?.[0]) === 'None';
}
