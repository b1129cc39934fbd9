// SPDX-License-Identifier: Apache-2.0

import { isIPv6 } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { EndpointSlice, ResourceSet } from '../../resources/index.ts';
import { compareStrings, type NamespacedName } from '../../values/index.ts';

/** An address of a Pod that runs daemun, as it stands in an EndpointSlice. */
export interface Replica {
  readonly addresses: readonly [string];
  readonly conditions: { readonly ready: boolean; readonly serving: boolean; readonly terminating: boolean };
  readonly nodeName?: string;
  readonly zone?: string;
}

/** How the Pods are known that run daemun. */
export interface OwnPods {
  /** IP addresses of this one, which listeners are bound to. */
  readonly addresses: readonly string[];
  readonly nodeName: string | null;
  /** The Service that selects all of them; null: this one is alone. */
  readonly service: NamespacedName | null;
}

const SERVICE_LABEL = 'kubernetes.io/service-name';

/**
 * The Pods that Services of Gateways lead to: the endpoints of daemun's own Service, so that the cluster judges which of them are ready. Where that has
 * no EndpointSlice at all it is not there, and judges nothing: they are those of before, this one at first, for the Gateways are still served.
 */
export class Replicas {
  readonly #pods: OwnPods;
  #slices: ResourceSet['endpointSlices'] | null = null;
  #current: readonly Replica[];
  /** As the Service has them now. */
  #seen: readonly Replica[] = [];

  constructor(pods: OwnPods) {
    this.#pods = pods;
    const place = pods.nodeName === null ? {} : { nodeName: pods.nodeName };
    this.#current = pods.addresses.map(address => ({ addresses: [address], conditions: READY, ...place }));
  }

  assign({ endpointSlices }: Pick<ResourceSet, 'endpointSlices'>): void {
    const { service } = this.#pods;
    if (service === null || endpointSlices === this.#slices) return;
    this.#slices = endpointSlices;
    const slices = [...endpointSlices.values()].filter(slice => isOf(slice, service));
    const found = slices.flatMap(endpointsOf);
    found.sort((a, b) => compareStrings(a.addresses[0], b.addresses[0]));
    this.#seen = found;
    if (slices.length > 0 && !isDeepStrictEqual(found, this.#current)) this.#current = found;
  }

  /** Those that the Service leads to itself. */
  seen(): readonly Replica[] {
    return this.#seen;
  }

  /** Sorted. The same list until something changes. */
  current(): readonly Replica[] {
    return this.#current;
  }
}

const READY = { ready: true, serving: true, terminating: false };

/** Addresses of one family. */
export function ofFamily(replicas: readonly Replica[], family: 'IPv4' | 'IPv6'): readonly Replica[] {
  return replicas.filter(({ addresses }) => isIPv6(addresses[0]) === (family === 'IPv6'));
}

function isOf({ metadata, addressType }: EndpointSlice, service: NamespacedName): boolean {
  const isThere = metadata.namespace === service.namespace && metadata.labels[SERVICE_LABEL] === service.name;
  return isThere && addressType !== 'FQDN';
}

/** Those that take connections: ready, or ending and still serving, for when no other is left. */
function endpointsOf({ endpoints }: EndpointSlice): readonly Replica[] {
  return endpoints.flatMap(({ addresses, conditions, nodeName, zone }) => {
    const { ready = true, serving = ready, terminating = false } = conditions;
    const [address] = addresses;
    if (address === undefined || !serving) return [];
    const place = { ...(nodeName !== undefined && { nodeName }), ...(zone !== undefined && { zone }) };
    return [{ addresses: [address] as const, conditions: { ready, serving, terminating }, ...place }];
  });
}
