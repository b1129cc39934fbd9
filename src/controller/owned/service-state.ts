// SPDX-License-Identifier: Apache-2.0

/** What stands in the Service of a Gateway. */
import type { Service } from '../../resources/index.ts';
import type { GivenAddress, ServiceState } from '../../translate/index.ts';
import { formatNamespacedName, type NamespacedName } from '../../values/index.ts';
import { serviceName } from './gateway-objects.ts';
import { gatewayOf, isOwned } from './owned-object.ts';

/** `namespace/name` of a Gateway's Service. */
export function serviceKeyOf({ namespace, name }: NamespacedName): string {
  return formatNamespacedName({ namespace, name: serviceName(name) });
}

/** Whether it was made by daemun for this Gateway of this controller. */
export function isServiceOf({ metadata }: Service, gateway: NamespacedName, controllerName: string): boolean {
  return isOwned(metadata, controllerName) && gatewayOf(metadata) === gateway.name;
}

/** Headless: that of a Gateway whose addresses are those of a machine. */
export function isHeadless({ spec }: Pick<Service, 'spec'>): boolean {
  return spec.clusterIP === 'None';
}

/** A headless one makes room for another. */
export function serviceStateOf({ spec, status }: Service): ServiceState {
  const { type } = spec;
  if (isHeadless({ spec }) || type === 'ExternalName') return { state: 'pending' };
  const ingress = status?.loadBalancer.ingress ?? [];
  const addresses =
    type === 'LoadBalancer'
      ? ingress.flatMap(givenAddress)
      : clusterIpsOf({ spec }).map(value => ({ type: 'IPAddress' as const, value }));
  return { state: 'made', type, addresses };
}

export function clusterIpsOf(service: Pick<Service, 'spec'> | undefined): readonly string[] {
  const { clusterIP = '', clusterIPs = [clusterIP] } = service?.spec ?? {};
  return clusterIPs.filter(value => value !== '' && value !== 'None');
}

function givenAddress({ ip = '', hostname = '' }: { ip?: string; hostname?: string }): readonly GivenAddress[] {
  if (ip !== '') return [{ type: 'IPAddress', value: ip }];
  return hostname === '' ? [] : [{ type: 'Hostname', value: hostname }];
}
