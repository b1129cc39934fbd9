// SPDX-License-Identifier: Apache-2.0
import type { Gateway, ResourceSet } from '../../resources/index.ts';
import { CLUSTER, type ClusterAddress, type GatewayService, type WantedClusterIp } from '../../translate/index.ts';
import type { NamespacedName } from '../../values/index.ts';

/** Which address each Gateway gets that asks for none. */
export interface AddressBook {
  /**
   * Takes in which Gateways there are, and how many addresses they ask for. Once for each version of the resources, before anything asks for an address. An assignment
   * stays as long as its Gateway does.
   */
  assign(resources: ResourceSet): void;
  /** The first, second, … address (`place`, from 0) of a Gateway, the same one each time; null: none is left. */
  addressOf(gateway: NamespacedName, place: number): string | null;
  /** Why a Gateway that asks for this address cannot have it, in one clause; null: it can. */
  refusal(address: string): string | null;
  /** The ClusterIP of a Gateway for an entry that asks for one. */
  clusterAddress(gateway: NamespacedName, wanted: WantedClusterIp): ClusterAddress;
  /** The Service through which a Gateway is reached; null or absent: it is reached where it is bound. */
  serviceOf?(gateway: NamespacedName): GatewayService | null;
}

/** The Gateways, by `namespace/name`, whose class is of this controller. */
export function gatewaysOf(
  { gateways, gatewayClasses }: Pick<ResourceSet, 'gateways' | 'gatewayClasses'>,
  controllerName: string,
): [string, Gateway][] {
  const isOurs = ({ spec }: Gateway): boolean =>
    gatewayClasses.get(spec.gatewayClassName)?.spec.controllerName === controllerName;
  return [...gateways].filter(([, gateway]) => isOurs(gateway));
}

/**
 * How many addresses of this machine a Gateway asks for: one without any entry, else one for each that names none, and one that its
 * ClusterIPs lead to.
 */
export function freeEntries({ spec }: Gateway): number {
  const asked = spec.addresses ?? [];
  if (asked.length === 0) return 1;
  const bound = asked.filter(({ routability }) => routability !== CLUSTER);
  return bound.filter(({ value = '' }) => value === '').length + (bound.length < asked.length ? 1 : 0);
}
