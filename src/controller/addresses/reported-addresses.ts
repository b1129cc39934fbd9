// SPDX-License-Identifier: Apache-2.0
import type { ResourceSet } from '../../resources/index.ts';
import { CLUSTER, type ClusterAddress, type GatewayService, type WantedClusterIp } from '../../translate/index.ts';
import { formatNamespacedName, type NamespacedName, normalAddress } from '../../values/index.ts';
import { portKey } from '../owned/owned-object.ts';
import { isHeadless, isServiceOf, serviceKeyOf, serviceStateOf } from '../owned/service-state.ts';
import type { AddressBook } from './address-book.ts';

/** What stands for the address of a Gateway that has none yet. */
const ANY_ADDRESS = '0.0.0.0';

/** The addresses that Gateways say they have, for those who look at a cluster and bind nothing. */
export class ReportedAddresses implements AddressBook {
  readonly #controllerName: string;
  #gateways: ResourceSet['gateways'] = new Map();
  #services: ResourceSet['services'] = new Map();

  /** `controllerName`: of those who made the Services of Gateways. */
  constructor(controllerName: string) {
    this.#controllerName = controllerName;
  }

  assign({ gateways, services }: Pick<ResourceSet, 'gateways' | 'services'>): void {
    this.#gateways = gateways;
    this.#services = services;
  }

  /** As clients see it: at the addresses that are reported, and the ports that are written. */
  serviceOf(gateway: NamespacedName): GatewayService | null {
    const name = serviceKeyOf(gateway);
    const service = this.#services.get(name);
    if (service === undefined || isHeadless(service)) return null;
    if (!isServiceOf(service, gateway, this.#controllerName)) return null;
    const targetPorts = new Map(service.spec.ports.map(port => [portKey(port), port.port]));
    const podAddresses = this.#reported(gateway)
      .slice(0, 1)
      .map(({ value }) => value);
    return { name, podAddresses, targetPorts, state: serviceStateOf(service) };
  }

  /** What a ClusterIP leads to is not reported: it stands for that itself. */
  addressOf(gateway: NamespacedName, place: number): string {
    const reported = this.#reported(gateway);
    const bound = reported.filter(({ routability }) => routability !== CLUSTER);
    return bound[place]?.value ?? reported.find(({ routability }) => routability === CLUSTER)?.value ?? ANY_ADDRESS;
  }

  /** That is for the process that binds them to say. */
  refusal(): null {
    return null;
  }

  clusterAddress(gateway: NamespacedName, { value, place }: WantedClusterIp): ClusterAddress {
    const given = this.#reported(gateway).filter(({ routability }) => routability === CLUSTER);
    const values = given.map(address => normalAddress(address.value) ?? '');
    const named = new Set(this.#asked(gateway));
    const found = value === '' ? values.filter(one => !named.has(one))[place] : values.find(one => one === value);
    return found === undefined ? { state: 'pending' } : { state: 'assigned', value: found };
  }

  #reported(gateway: NamespacedName): readonly { readonly value: string; readonly routability?: string }[] {
    return this.#gateways.get(formatNamespacedName(gateway))?.status?.addresses ?? [];
  }

  #asked(gateway: NamespacedName): readonly string[] {
    const asked = this.#gateways.get(formatNamespacedName(gateway))?.spec.addresses ?? [];
    return asked.map(({ value = '' }) => normalAddress(value) ?? '');
  }
}
