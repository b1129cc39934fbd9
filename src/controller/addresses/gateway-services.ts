// SPDX-License-Identifier: Apache-2.0

import type { ResourceSet, Service } from '../../resources/index.ts';
import {
  type ClusterAddress,
  compareAge,
  type GatewayService,
  type ServiceState,
  type WantedClusterIp,
} from '../../translate/index.ts';
import { formatNamespacedName, type NamespacedName } from '../../values/index.ts';
import { portKey } from '../owned/owned-object.ts';
import { type OwnPods, type Replica, Replicas } from '../owned/replicas.ts';
import { isOfOwnService } from '../owned/service-objects.ts';
import { clusterIpsOf, isHeadless, isServiceOf, serviceKeyOf, serviceStateOf } from '../owned/service-state.ts';
import { TargetPorts, type Targets } from '../owned/target-ports.ts';
import type { Trouble } from '../shown/trouble.ts';
import { type AddressBook, gatewaysOf } from './address-book.ts';
import type { ClusterIps } from './cluster-ips.ts';
import { replicaTroubles } from './replica-troubles.ts';

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
  /** Those that our Gateways have or should have, by `namespace/name`. */
  #own: ReadonlySet<string> = new Set();
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
    const ours = gatewaysOf(resources, this.#parts.controllerName);
    const found = ours.flatMap(([key, { metadata }]) => {
      const service = services.get(serviceKeyOf(metadata));
      return service !== undefined && isServiceOf(service, metadata, this.#parts.controllerName)
        ? [{ key, service }]
        : [];
    });
    found.sort((a, b) => compareAge(a.service.metadata, b.service.metadata));
    this.#services = new Map(found.map(({ key, service }) => [key, service]));
    const records = new Map(found.map(({ key, service }) => [key, targetsOf(service)]));
    this.#targets.assign(records, new Set(ours.map(([key]) => key)));
    this.#own = new Set(ours.map(([, { metadata }]) => serviceKeyOf(metadata)));
    for (const key of this.#refused.keys()) if (services.has(key) || !this.#own.has(key)) this.#refused.delete(key);
  }

  serviceOf(gateway: NamespacedName): GatewayService {
    return {
      name: serviceKeyOf(gateway),
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

  /** What keeps connections from this Pod. */
  troubles(): readonly Trouble[] {
    return replicaTroubles(this.#parts.pods, this.#replicas.seen());
  }

  /** The API server did not take an object (`Kind/namespace/name`). True: that is news of a Service that is asked for. */
  refuse(object: string, why: string): boolean {
    if (this.#parts.clusterIps.refuse(object, why)) return true;
    const key = object.startsWith('Service/') ? object.slice('Service/'.length) : '';
    if (!this.#own.has(key) || this.#all.has(key) || this.#refused.get(key) === why) return false;
    this.#refused.set(key, why);
    return true;
  }

  #stateOf(gateway: NamespacedName): ServiceState {
    const service = this.#services.get(formatNamespacedName(gateway));
    const key = serviceKeyOf(gateway);
    if (service !== undefined) return serviceStateOf(service);
    if (this.#all.has(key)) return { state: 'refused', why: 'another object, which is somebody else’s, has its name' };
    const why = this.#refused.get(key);
    return why === undefined ? { state: 'pending' } : { state: 'refused', why };
  }
}

/** Where the ports of a Service lead; 0: by a name, which is nowhere. */
function targetsOf({ spec }: Service): Targets {
  const targets = new Map<string, number>();
  if (isHeadless({ spec })) return targets;
  for (const port of spec.ports) targets.set(portKey(port), typeof port.targetPort === 'number' ? port.targetPort : 0);
  return targets;
}
