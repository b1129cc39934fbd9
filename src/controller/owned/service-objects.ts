// SPDX-License-Identifier: Apache-2.0

/**
 * The objects that a cluster has for each Gateway of ours that is reached through a Service: that Service, without selector, with
 * EndpointSlices that hold daemun's Pods at the ports that the Service says. It is the record of those ports. Beside it a Service for each
 * further ClusterIP that the Gateway asks for.
 */
import { isIPv6 } from 'node:net';
import type { WantedClusterIp, WantedService } from '../../translate/index.ts';
import { clusterIpName, type GatewayParts, ownerOf, serviceName, sliceName } from './gateway-objects.ts';
import {
  type OwnedObject,
  type OwnedPort,
  type OwnedServiceSpec,
  ownedService,
  ownedSlices,
  portKey,
  portsOf,
} from './owned-object.ts';
import { ofFamily, type Replica } from './replicas.ts';
import type { Targets } from './target-ports.ts';

export interface ServiceParts extends GatewayParts {
  readonly replicas: readonly Replica[];
  /** Where the ports of the Service should lead. */
  readonly targets: Targets;
}

/** What a Gateway should have that is accepted. */
export function serviceObjects(parts: ServiceParts): readonly OwnedObject[] {
  const { service, clusterIps } = parts.outcome.assignment;
  if (service === null) return [];
  const ports = portsOf(parts.listeners, parts.targets);
  const { name } = parts.gateway.metadata;
  const own = serviceName(name);
  const main = ownedService(ownerOf(parts), own, serviceSpec(service, ports));
  const further = (clusterIps?.wanted ?? []).filter(wanted => !isOfOwnService(wanted));
  return [
    main,
    ...slicesOf(parts, ports, { service: own, nameOf: family => sliceName(name, family) }),
    ...further.flatMap(wanted => clusterIpObjects(parts, ports, wanted)),
  ];
}

/** What a type has no use for is left out: the API server would refuse it. */
function serviceSpec(
  { type, loadBalancerIp, parameters }: WantedService,
  ports: readonly OwnedPort[],
): OwnedServiceSpec {
  const { nodePorts = {}, ipFamilies, internalTrafficPolicy, sessionAffinity, ...rest } = parameters;
  const { externalTrafficPolicy, loadBalancerClass, loadBalancerSourceRanges, allocateLoadBalancerNodePorts } = rest;
  const { ipFamilyPolicy = 'PreferDualStack' } = rest;
  return {
    type,
    ...given({ ipFamilyPolicy, ipFamilies, internalTrafficPolicy, sessionAffinity }),
    ...(type !== 'ClusterIP' && given({ externalTrafficPolicy })),
    ...(type === 'LoadBalancer' &&
      given({ loadBalancerClass, loadBalancerSourceRanges, allocateLoadBalancerNodePorts })),
    ...(loadBalancerIp !== null && { loadBalancerIP: loadBalancerIp }),
    ports: ports.map(port => {
      const nodePort = type === 'ClusterIP' ? undefined : nodePorts[portKey(port)];
      return nodePort === undefined ? port : { ...port, nodePort };
    }),
  };
}

/** What is there. */
function given(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Whether what is asked for is the ClusterIP of the Service that the Gateway has anyway: the first one that may be any. */
export function isOfOwnService({ value, place }: WantedClusterIp): boolean {
  return value === '' && place === 0;
}

function clusterIpObjects(
  parts: GatewayParts & Pick<ServiceParts, 'replicas'>,
  ports: readonly OwnedPort[],
  wanted: WantedClusterIp,
): readonly OwnedObject[] {
  const name = clusterIpName(parts.gateway.metadata.name, wanted);
  const { value } = wanted;
  const asked = value === '' ? {} : { clusterIP: value, ipFamilies: [isIPv6(value) ? 'IPv6' : 'IPv4'] };
  const spec = { type: 'ClusterIP', ...asked, ipFamilyPolicy: 'SingleStack', ports };
  const nameOf = (family: 'IPv4' | 'IPv6'): string => (family === 'IPv4' ? name : `${name}-v6`);
  return [ownedService(ownerOf(parts), name, spec), ...slicesOf(parts, ports, { service: name, nameOf })];
}

interface SliceNames {
  readonly service: string;
  nameOf(family: 'IPv4' | 'IPv6'): string;
}

/** Of each family that some Pod has an address of. */
function slicesOf(
  parts: GatewayParts & Pick<ServiceParts, 'replicas'>,
  ports: readonly OwnedPort[],
  { service, nameOf }: SliceNames,
): readonly OwnedObject[] {
  return (['IPv4', 'IPv6'] as const).flatMap(addressType => {
    const endpoints = ofFamily(parts.replicas, addressType);
    if (endpoints.length === 0) return [];
    return ownedSlices(ownerOf(parts), { service, name: nameOf(addressType), addressType, endpoints, ports });
  });
}
