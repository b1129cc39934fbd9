// SPDX-License-Identifier: Apache-2.0

/**
 * The objects that a cluster has for each Gateway of ours whose addresses are those of this machine: a Service without selector and
 * without address of its own, with EndpointSlices that hold the Gateway's addresses. So cluster DNS has a name for it, and what
 * looks for the objects of a Gateway by its label finds one. Beside it one Service for each ClusterIP that the Gateway asks for, with an
 * EndpointSlice that leads to its address.
 */
import { isIPv6 } from 'node:net';
import type { Gateway } from '../../resources/index.ts';
import type { GatewayOutcome, WantedClusterIp } from '../../translate/index.ts';
import { ownedName } from './owned-name.ts';
import {
  MANAGER,
  type OwnedEndpoint,
  type OwnedObject,
  type Owner,
  ownedService,
  ownedSlices,
  portsOf,
} from './owned-object.ts';

export interface GatewayParts {
  readonly gateway: Gateway;
  readonly outcome: Pick<GatewayOutcome, 'controllerName' | 'addresses' | 'assignment'>;
  readonly uid: string;
  /** Its own, and those of its ListenerSets. */
  readonly listeners: Parameters<typeof portsOf>[0];
}

/** What a Gateway should have; nothing while it has no address and asks for no ClusterIP. */
export function gatewayObjects(parts: GatewayParts): readonly OwnedObject[] {
  return [...headlessObjects(parts), ...clusterIpObjects(parts)];
}

/** The name of the Service of a Gateway. */
export function serviceName(gateway: string): string {
  return ownedName(gateway, MANAGER);
}

/** The name of its EndpointSlices of a family, but for what tells further ones apart. */
export function sliceName(gateway: string, family: 'IPv4' | 'IPv6'): string {
  return family === 'IPv4' ? serviceName(gateway) : ownedName(gateway, `${MANAGER}-v6`);
}

/**
 * The name of the Service that gets a ClusterIP for a Gateway. A Service keeps its address as long as it is there, so another one that is
 * asked for is another Service.
 */
export function clusterIpName(gateway: string, { value, place }: WantedClusterIp): string {
  const which = value === '' ? String(place) : value.replace(/[.:]/g, '-');
  return ownedName(gateway, `${MANAGER}-ip-${which}`);
}

export function ownerOf({ gateway, outcome, uid }: GatewayParts): Owner {
  return { gateway, controllerName: outcome.controllerName, uid };
}

function clusterIpObjects(parts: GatewayParts): readonly OwnedObject[] {
  const { clusterIps } = parts.outcome.assignment;
  return (clusterIps?.wanted ?? []).flatMap(wanted => {
    const backing = clusterIps?.backing ?? '';
    const family = isIPv6(backing) ? 'IPv6' : 'IPv4';
    const name = clusterIpName(parts.gateway.metadata.name, wanted);
    const asked = wanted.value === '' ? {} : { clusterIP: wanted.value };
    const ports = portsOf(parts.listeners);
    const spec = { type: 'ClusterIP', ...asked, ipFamilies: [family], ipFamilyPolicy: 'SingleStack', ports };
    const slices = { service: name, name, addressType: family, endpoints: endpointsAt([backing]), ports } as const;
    return [ownedService(ownerOf(parts), name, spec), ...ownedSlices(ownerOf(parts), slices)];
  });
}

function headlessObjects(parts: GatewayParts): readonly OwnedObject[] {
  const { addresses } = parts.outcome;
  if (addresses.length === 0) return [];
  const { name } = parts.gateway.metadata;
  const owner = ownerOf(parts);
  const ports = portsOf(parts.listeners);
  const service = serviceName(name);
  const slices = (['IPv4', 'IPv6'] as const).flatMap(addressType => {
    const own = addresses.filter(address => isIPv6(address) === (addressType === 'IPv6'));
    if (own.length === 0) return [];
    const endpoints = endpointsAt(own);
    return ownedSlices(owner, { service, name: sliceName(name, addressType), addressType, endpoints, ports });
  });
  return [ownedService(owner, service, { clusterIP: 'None', ports }), ...slices];
}

function endpointsAt(addresses: readonly string[]): readonly OwnedEndpoint[] {
  return addresses.map(address => ({ addresses: [address], conditions: { ready: true } }));
}
