// SPDX-License-Identifier: Apache-2.0

/** Objects that a cluster has for each Gateway of ours: how they are named, marked and applied. Deleted with the Gateway, for that owns them. */
import { createHash } from 'node:crypto';
import type { Gateway } from '../../resources/index.ts';
import { socketKey } from '../../translate/index.ts';
import { labelValue } from './owned-name.ts';
import type { Targets } from './target-ports.ts';

/** An object that should be there, as it is applied. */
export interface OwnedObject {
  /** `Kind/namespace/name`. */
  readonly key: string;
  readonly path: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of `body`, but for itself; it stands in the annotation `APPLIED`. */
  readonly hash: string;
  /** Of a Service its own; of an EndpointSlice those that lead to its endpoints. */
  readonly ports: readonly OwnedPort[];
  /** Of an EndpointSlice; of other kinds empty. */
  readonly endpoints: readonly OwnedEndpoint[];
  /** It is a Service without an address of its own. */
  readonly isHeadless: boolean;
  readonly body: object;
}

const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name';
const CLASS_LABEL = 'gateway.networking.k8s.io/gateway-class-name';
const MANAGER_LABEL = 'app.kubernetes.io/managed-by';
/** The value of `MANAGER_LABEL` on what is ours, and part of names. */
export const MANAGER = 'daemun';
/** Whose it is, of all processes that call themselves daemun. */
const CONTROLLER = 'owned.daemun.dev/controller';
/** The whole name of the Gateway: a label may have to be shorter. */
const GATEWAY = 'owned.daemun.dev/gateway';
/** What was applied last, as a hash: with the same, nothing need be applied again. */
export const APPLIED = 'owned.daemun.dev/applied';
/** Ports that the API takes in an EndpointSlice. */
const MAX_SLICE_PORTS = 100;
/** Endpoints that the API takes in an EndpointSlice. */
const MAX_SLICE_ENDPOINTS = 1_000;

/** Whose object it is. */
export interface Owner {
  readonly gateway: Gateway;
  readonly controllerName: string;
  readonly uid: string;
}

export type Labels = Readonly<Record<string, string>>;

/** A port of a Service. */
export interface OwnedPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
  /** Where it leads; absent: to the same port. */
  readonly targetPort?: number;
  /** The port of the nodes; absent: the API server's choice. */
  readonly nodePort?: number;
}

/** An endpoint, as it stands in an EndpointSlice. */
export interface OwnedEndpoint {
  readonly addresses: readonly [string];
  readonly conditions: { readonly ready: boolean };
}

type PortOwner = Pick<Gateway['spec']['listeners'][number], 'port' | 'protocol'>;

/** The ports of listeners, one for each socket, by name; what two listeners share is one. `targets`: where they lead; those that lead nowhere are left out. */
export function portsOf(listeners: readonly PortOwner[], targets: Targets | null = null): readonly OwnedPort[] {
  const ports = new Map<string, OwnedPort>();
  for (const { port, protocol: spoken } of listeners) {
    const protocol = spoken === 'UDP' ? 'UDP' : 'TCP';
    const name = `${protocol.toLowerCase()}-${port}`;
    const targetPort = targets?.get(portKey({ port, protocol }));
    if (targetPort !== undefined) ports.set(name, { name, port, protocol, targetPort });
    else if (targets === null) ports.set(name, { name, port, protocol });
  }
  return [...ports.values()];
}

/** As `socketKey`. */
export function portKey({ port, protocol }: { readonly port: number; readonly protocol: string }): string {
  return socketKey(port, protocol === 'UDP' ? 'udp' : 'tcp');
}

/** Whether an object that is there was made by daemun for a Gateway of this controller. */
export function isOwned(
  { labels, annotations }: { readonly labels: Labels; readonly annotations: Labels },
  controllerName: string,
): boolean {
  return labels[MANAGER_LABEL] === MANAGER && annotations[CONTROLLER] === controllerName;
}

/** The name of the Gateway that an owned object was made for. */
export function gatewayOf({ annotations }: { readonly annotations: Labels }): string {
  return annotations[GATEWAY] ?? '';
}

export interface OwnedServiceSpec {
  readonly clusterIP?: string;
  readonly ports: readonly OwnedPort[];
  readonly [field: string]: unknown;
}

export function ownedService(owner: Owner, name: string, spec: OwnedServiceSpec): OwnedObject {
  const fields = { spec };
  const object = ownedObject(owner, { kind: 'Service', collection: ['/api/v1', 'services'], name, labels: {}, fields });
  return { ...object, ports: spec.ports, isHeadless: spec.clusterIP === 'None' };
}

export interface OwnedSlices {
  /** The Service that they belong to. */
  readonly service: string;
  /** The name of the first one; the further ones end in `-2`, … */
  readonly name: string;
  readonly addressType: 'IPv4' | 'IPv6';
  readonly endpoints: readonly OwnedEndpoint[];
  readonly ports: readonly OwnedPort[];
}

/** One for as many ports as the API takes in each; at least one. */
export function ownedSlices(owner: Owner, slices: OwnedSlices): readonly OwnedObject[] {
  const { service, name, addressType, ports } = slices;
  const endpoints = slices.endpoints.slice(0, MAX_SLICE_ENDPOINTS);
  const count = Math.max(1, Math.ceil(ports.length / MAX_SLICE_PORTS));
  return Array.from({ length: count }, (_, at) => {
    const some = ports.slice(at * MAX_SLICE_PORTS, (at + 1) * MAX_SLICE_PORTS);
    const object = ownedObject(owner, {
      kind: 'EndpointSlice',
      collection: ['/apis/discovery.k8s.io/v1', 'endpointslices'],
      name: at === 0 ? name : `${name}-${at + 1}`,
      labels: { 'kubernetes.io/service-name': service, 'endpointslice.kubernetes.io/managed-by': 'daemun.dev' },
      fields: {
        addressType,
        endpoints,
        ports: some.map(({ name: portName, port, protocol, targetPort = port }) => ({
          name: portName,
          port: targetPort,
          protocol,
        })),
      },
    });
    return { ...object, ports: some, endpoints };
  });
}

interface ObjectParts {
  readonly kind: string;
  /** The root of its API, and the plural. */
  readonly collection: readonly [string, string];
  readonly name: string;
  readonly labels: Labels;
  readonly fields: Readonly<Record<string, unknown>>;
}

function ownedObject({ gateway, controllerName, uid }: Owner, parts: ObjectParts): OwnedObject {
  const { kind, collection, name, fields } = parts;
  const { metadata, spec, apiVersion } = gateway;
  const { namespace } = metadata;
  const labels = {
    ...spec.infrastructure?.labels,
    ...parts.labels,
    [MANAGER_LABEL]: MANAGER,
    [GATEWAY_LABEL]: labelValue(metadata.name),
    [CLASS_LABEL]: labelValue(spec.gatewayClassName),
  };
  const annotations = {
    ...spec.infrastructure?.annotations,
    [CONTROLLER]: controllerName,
    [GATEWAY]: metadata.name,
  };
  const ownerReferences = [{ apiVersion, kind: 'Gateway', name: metadata.name, uid }];
  const [root, plural] = collection;
  const whole = (marked: Labels): object => ({
    apiVersion: root.replace(/^\/apis?\//, ''),
    kind,
    metadata: { namespace, name, labels, annotations: marked, ownerReferences },
    ...fields,
  });
  const hash = createHash('sha256')
    .update(JSON.stringify(whole(annotations)))
    .digest('hex')
    .slice(0, 16);
  return {
    key: `${kind}/${namespace}/${name}`,
    path: `${root}/namespaces/${namespace}/${plural}/${name}`,
    labels,
    hash,
    ports: [],
    endpoints: [],
    isHeadless: false,
    body: whole({ ...annotations, [APPLIED]: hash }),
  };
}
