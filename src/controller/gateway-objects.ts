// SPDX-License-Identifier: Apache-2.0

/**
 * The objects that a cluster has for each Gateway of ours whose addresses are those of this machine: a Service without selector and
 * without address of its own, with EndpointSlices that hold the Gateway's addresses. So cluster DNS has a name for it, and what
 * looks for the objects of a Gateway by its label finds one. Beside it one Service for each ClusterIP that the Gateway asks for, with an
 * EndpointSlice that leads to its address. Deleted with the Gateway, for that owns them.
 */
import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Gateway } from '../resources/index.ts';
import type { GatewayOutcome, WantedClusterIp } from '../translate/index.ts';
import { labelValue, ownedName } from './owned-name.ts';

/** An object that should be there, as it is applied. */
export interface OwnedObject {
  /** `Kind/namespace/name`. */
  readonly key: string;
  readonly path: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of `body`, but for itself; it stands in the annotation `APPLIED`. */
  readonly hash: string;
  readonly body: object;
}

const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name';
const CLASS_LABEL = 'gateway.networking.k8s.io/gateway-class-name';
const MANAGER_LABEL = 'app.kubernetes.io/managed-by';
/** The value of `MANAGER_LABEL` on what is ours. */
const MANAGER = 'daemun';
/** Whose it is, of all processes that call themselves daemun. */
const CONTROLLER = 'owned.daemun.dev/controller';
/** The whole name of the Gateway: a label may have to be shorter. */
const GATEWAY = 'owned.daemun.dev/gateway';
/** What was applied last, as a hash: with the same, nothing need be applied again. */
export const APPLIED = 'owned.daemun.dev/applied';
/** Ports that the API takes in an EndpointSlice; a Gateway with more has them in none. */
const MAX_PORTS = 100;

export interface GatewayParts {
  readonly gateway: Gateway;
  readonly outcome: Pick<GatewayOutcome, 'controllerName' | 'addresses' | 'assignment'>;
  readonly uid: string;
  /** Its own, and those of its ListenerSets. */
  readonly listeners: readonly PortOwner[];
}

type PortOwner = Pick<Gateway['spec']['listeners'][number], 'port' | 'protocol'>;

/** What a Gateway should have; nothing while it has no address and asks for no ClusterIP. */
export function gatewayObjects(parts: GatewayParts): readonly OwnedObject[] {
  return [...headlessObjects(parts), ...clusterIpObjects(parts)];
}

/**
 * The name of the Service that gets a ClusterIP for a Gateway. A Service keeps its address as long as it is there, so another one that is
 * asked for is another Service.
 */
export function clusterIpName(gateway: string, { value, place }: WantedClusterIp): string {
  const which = value === '' ? String(place) : value.replace(/[.:]/g, '-');
  return ownedName(gateway, `${MANAGER}-ip-${which}`);
}

function clusterIpObjects(parts: GatewayParts): readonly OwnedObject[] {
  const { clusterIps } = parts.outcome.assignment;
  return (clusterIps?.wanted ?? []).flatMap(wanted => {
    const backing = clusterIps?.backing ?? '';
    const family = isIPv6(backing) ? 'IPv6' : 'IPv4';
    const name = clusterIpName(parts.gateway.metadata.name, wanted);
    const asked = wanted.value === '' ? {} : { clusterIP: wanted.value };
    const ports = servicePorts(parts.listeners);
    return [
      ownedObject(parts, {
        kind: 'Service',
        collection: ['/api/v1', 'services'],
        name,
        labels: {},
        fields: { spec: { type: 'ClusterIP', ...asked, ipFamilies: [family], ipFamilyPolicy: 'SingleStack', ports } },
      }),
      slice(parts, { service: name, name, addressType: family, addresses: [backing] }),
    ];
  });
}

function headlessObjects(parts: GatewayParts): readonly OwnedObject[] {
  const { addresses } = parts.outcome;
  if (addresses.length === 0) return [];
  const name = ownedName(parts.gateway.metadata.name, MANAGER);
  const [v6, v4] = [addresses.filter(isIPv6), addresses.filter(address => !isIPv6(address))];
  return [
    ownedObject(parts, {
      kind: 'Service',
      collection: ['/api/v1', 'services'],
      name,
      labels: {},
      fields: { spec: { clusterIP: 'None', ports: servicePorts(parts.listeners) } },
    }),
    ...(v4.length > 0 ? [slice(parts, { service: name, name, addressType: 'IPv4', addresses: v4 })] : []),
    ...(v6.length > 0
      ? [
          slice(parts, {
            service: name,
            name: ownedName(parts.gateway.metadata.name, `${MANAGER}-v6`),
            addressType: 'IPv6',
            addresses: v6,
          }),
        ]
      : []),
  ];
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

type Labels = Readonly<Record<string, string>>;

interface Slice {
  readonly service: string;
  readonly name: string;
  readonly addressType: 'IPv4' | 'IPv6';
  readonly addresses: readonly string[];
}

function slice(parts: GatewayParts, { service, name, addressType, addresses }: Slice): OwnedObject {
  return ownedObject(parts, {
    kind: 'EndpointSlice',
    collection: ['/apis/discovery.k8s.io/v1', 'endpointslices'],
    name,
    labels: { 'kubernetes.io/service-name': service, 'endpointslice.kubernetes.io/managed-by': 'daemun.dev' },
    fields: {
      addressType,
      endpoints: addresses.map(address => ({ addresses: [address], conditions: { ready: true } })),
      ports: servicePorts(parts.listeners),
    },
  });
}

/** One for each socket, by name; what two listeners share is one. */
function servicePorts(listeners: readonly PortOwner[]): readonly object[] {
  const ports = new Map<string, object>();
  for (const { port, protocol } of listeners) {
    const transport = protocol === 'UDP' ? 'UDP' : 'TCP';
    const name = `${transport.toLowerCase()}-${port}`;
    ports.set(name, { name, port, protocol: transport });
  }
  return ports.size > MAX_PORTS ? [] : [...ports.values()];
}

interface ObjectParts {
  readonly kind: string;
  /** The root of its API, and the plural. */
  readonly collection: readonly [string, string];
  readonly name: string;
  readonly labels: Labels;
  readonly fields: Readonly<Record<string, unknown>>;
}

function ownedObject({ gateway, outcome, uid }: GatewayParts, parts: ObjectParts): OwnedObject {
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
    [CONTROLLER]: outcome.controllerName,
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
    body: whole({ ...annotations, [APPLIED]: hash }),
  };
}
