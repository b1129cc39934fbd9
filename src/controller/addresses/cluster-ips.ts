// SPDX-License-Identifier: Apache-2.0

import type { ResourceSet } from '../../resources/index.ts';
import type { ClusterAddress, WantedClusterIp } from '../../translate/index.ts';
import { formatNamespacedName, type NamespacedName } from '../../values/index.ts';
import { clusterIpName } from '../owned/gateway-objects.ts';
import { isServiceOf } from '../owned/service-state.ts';

/**
 * The ClusterIPs that Gateways of ours have: those of the Services that are made for them (`gatewayObjects`). Which one a Service gets
 * is the API server's business, and it may refuse.
 */
export class ClusterIps {
  readonly #controllerName: string;
  #services: ResourceSet['services'] = new Map();
  /** Services (`namespace/name`) that were asked for since the last `assign`. */
  #asked = new Set<string>();
  /** The same of the time before: an answer may come between `assign` and `of`. */
  #askedBefore = new Set<string>();
  /** Why the API server did not take a Service; only of those that are asked for. */
  readonly #refused = new Map<string, string>();

  constructor(controllerName: string) {
    this.#controllerName = controllerName;
  }

  /** Once for each version of the resources, before `of`. */
  assign({ services }: Pick<ResourceSet, 'services'>): void {
    this.#services = services;
    for (const key of this.#refused.keys()) if (!this.#asked.has(key)) this.#refused.delete(key);
    this.#askedBefore = this.#asked;
    this.#asked = new Set();
  }

  of(gateway: NamespacedName, wanted: WantedClusterIp): ClusterAddress {
    const key = formatNamespacedName({ namespace: gateway.namespace, name: clusterIpName(gateway.name, wanted) });
    this.#asked.add(key);
    const service = this.#services.get(key);
    if (service === undefined) {
      const why = this.#refused.get(key);
      return why === undefined ? { state: 'pending' } : { state: 'refused', why };
    }
    if (!isServiceOf(service, gateway, this.#controllerName))
      return { state: 'refused', why: `Service ${key}, which would have it, is somebody else's` };
    const { clusterIP = '' } = service.spec;
    return clusterIP === '' ? { state: 'pending' } : { state: 'assigned', value: clusterIP };
  }

  /** The API server did not take an object (`Kind/namespace/name`). True: that is news of a Service that is asked for. */
  refuse(object: string, why: string): boolean {
    const key = object.startsWith('Service/') ? object.slice('Service/'.length) : '';
    const isAsked = this.#asked.has(key) || this.#askedBefore.has(key);
    if (!isAsked || this.#refused.get(key) === why) return false;
    this.#refused.set(key, why);
    return true;
  }
}
