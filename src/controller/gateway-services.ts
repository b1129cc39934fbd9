// SPDX-License-Identifier: Apache-2.0

import type { Gateway, ResourceSet, Service } from '../resources/index.ts';
import type {
  ClusterAddress,
  GatewayService,
  GivenAddress,
  ServiceState,
  WantedClusterIp,
} from '../translate/index.ts';
import { compareStrings, formatNamespacedName, type NamespacedName } from '../values/index.ts';
import type { AddressBook } from './address-book.ts';
import type { ClusterIps } from './cluster-ips.ts';
import { serviceName } from './gateway-objects.ts';
import { gatewayOf, isOwned, portKey } from './owned-object.ts';
import { type OwnPods, type Replica, Replicas } from './replicas.ts';
import { isOfOwnService } from './service-objects.ts';
import { TargetPorts, type Targets } from './target-ports.ts';

export interface GatewayServicesParts {
  readonly controllerName: string;
  readonly pods: OwnPods;
  /** Of Services beside that of the Gateway. */
  readonly clusterIps: Pick<ClusterIps, 'assign' | 'of' | 'refuse'>;
}

/**
 * Gateways that are reached through Services of the cluster: each Gateway has one, which leads to all of daemun's Pods. What it has got, and
 * where its ports lead, is read from it; so all Pods agree, whoever wrote it.
 */
export class GatewayServices implements AddressBook {
  readonly #parts: GatewayServicesParts;
  readonly #targets = new TargetPorts();
  readonly #replicas: Replicas;
  #seen: Pick<ResourceSet, 'services' | 'gateways' | 'gatewayClasses'> | null = null;
  /** Our Gateways' Services by `namespace/name` of the Gateway. */
  #services: ReadonlyMap<string, Service> = new Map();
  /** All Services. */
  #all: ResourceSet['services'] = new Map();
  /** Why the API server did not take a Service, by its `namespace/name`; only while it is not there. */
  readonly #refused = new Map<string, string>();

  constructor(parts: GatewayServicesParts) {
    this.#parts = parts;
    this.#replicas = new Replicas(parts.pods);
  }

  assign(resources: ResourceSet): void {
    this.#parts.clusterIps.assign(resources);
    this.#replicas.assign(resources);
    const { services, gateways, gatewayClasses } = resources;
    const seen = this.#seen;
    if (seen?.services === services && seen.gateways === gateways && seen.gatewayClasses === gatewayClasses) return;
    this.#seen = { services, gateways, gatewayClasses };
    this.#all = services;
    const ours = [...gateways].filter(([, gateway]) => this.#isOurs(gateway, gatewayClasses));
    const found = ours.flatMap(([key, { metadata }]) => {
      const service = services.get(keyOf(metadata));
      return service !== undefined && this.#isOf(service, metadata) ? [{ key, service }] : [];
    });
    found.sort((a, b) => byAge(a.service, b.service));
    this.#services = new Map(found.map(({ key, service }) => [key, service]));
    const records = new Map(found.map(({ key, service }) => [key, targetsOf(service)]));
    this.#targets.assign(records, new Set(ours.map(([key]) => key)));
    for (const key of this.#refused.keys()) if (services.has(key)) this.#refused.delete(key);
  }

  serviceOf(gateway: NamespacedName): GatewayService {
    return {
      name: keyOf(gateway),
      podAddresses: this.#parts.pods.addresses,
      targetPorts: this.#targets.of(formatNamespacedName(gateway)),
      state: this.#stateOf(gateway),
    };
  }

  /** What ClusterIPs lead to. */
  addressOf(): string | null {
    return this.#parts.pods.addresses[0] ?? null;
  }

  refusal(): null {
    return null;
  }

  clusterAddress(gateway: NamespacedName, wanted: WantedClusterIp): ClusterAddress {
    if (!isOfOwnService(wanted)) return this.#parts.clusterIps.of(gateway, wanted);
    const state = this.#stateOf(gateway);
    if (state.state === 'refused') return state;
    const [value] = clusterIpsOf(this.#services.get(formatNamespacedName(gateway)));
    return value === undefined ? { state: 'pending' } : { state: 'assigned', value };
  }

  /** Where the ports of a Gateway (`namespace/name`) should lead. */
  choose(gateway: string, keys: readonly string[]): Targets {
    return this.#targets.choose(gateway, keys);
  }

  /** The Pods that Services lead to. The same list until something changes. */
  replicas(): readonly Replica[] {
    return this.#replicas.current();
  }

  /** The API server did not take an object (`Kind/namespace/name`). True: that is news of a Service that is asked for. */
  refuse(object: string, why: string): boolean {
    if (this.#parts.clusterIps.refuse(object, why)) return true;
    const key = object.startsWith('Service/') ? object.slice('Service/'.length) : '';
    if (key === '' || this.#all.has(key) || this.#refused.get(key) === why) return false;
    this.#refused.set(key, why);
    return true;
  }

  #stateOf(gateway: NamespacedName): ServiceState {
    const service = this.#services.get(formatNamespacedName(gateway));
    const key = keyOf(gateway);
    if (service !== undefined) return stateOf(service);
    if (this.#all.has(key)) return { state: 'refused', why: 'another object, which is somebody else’s, has its name' };
    const why = this.#refused.get(key);
    return why === undefined ? { state: 'pending' } : { state: 'refused', why };
  }

  #isOurs({ spec }: Gateway, classes: ResourceSet['gatewayClasses']): boolean {
    return classes.get(spec.gatewayClassName)?.spec.controllerName === this.#parts.controllerName;
  }

  #isOf({ metadata }: Service, gateway: NamespacedName): boolean {
    return isOwned(metadata, this.#parts.controllerName) && gatewayOf(metadata) === gateway.name;
  }
}

/** `namespace/name` of a Gateway's Service. */
function keyOf({ namespace, name }: NamespacedName): string {
  return formatNamespacedName({ namespace, name: serviceName(name) });
}

/** One without ClusterIP is that of a Gateway whose addresses were those of a machine: it makes room for another. */
function stateOf({ spec, status }: Service): ServiceState {
  const { type } = spec;
  if (spec.clusterIP === 'None' || type === 'ExternalName') return { state: 'pending' };
  const ingress = status?.loadBalancer.ingress ?? [];
  const addresses =
    type === 'LoadBalancer'
      ? ingress.flatMap(givenAddress)
      : clusterIpsOf({ spec }).map(value => ({ type: 'IPAddress' as const, value }));
  return { state: 'made', type, addresses };
}

function givenAddress({ ip = '', hostname = '' }: { ip?: string; hostname?: string }): readonly GivenAddress[] {
  if (ip !== '') return [{ type: 'IPAddress', value: ip }];
  return hostname === '' ? [] : [{ type: 'Hostname', value: hostname }];
}

function clusterIpsOf(service: Pick<Service, 'spec'> | undefined): readonly string[] {
  const { clusterIP = '', clusterIPs = [clusterIP] } = service?.spec ?? {};
  return clusterIPs.filter(value => value !== '' && value !== 'None');
}

/** Where the ports of a Service lead. */
function targetsOf({ spec }: Service): Targets {
  const targets = new Map<string, number>();
  if (spec.clusterIP === 'None') return targets;
  for (const port of spec.ports) if (typeof port.targetPort === 'number') targets.set(portKey(port), port.targetPort);
  return targets;
}

function byAge(a: Service, b: Service): number {
  const [bornA, bornB] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  return (
    compareStrings(bornA, bornB) || compareStrings(formatNamespacedName(a.metadata), formatNamespacedName(b.metadata))
  );
}
