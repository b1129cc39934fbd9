// SPDX-License-Identifier: Apache-2.0

import type { OwnPods } from '../owned/replicas.ts';
import type { AddressBook } from './address-book.ts';
import { AddressPool } from './address-pool.ts';
import type { ClusterIps } from './cluster-ips.ts';
import { GatewayServices } from './gateway-services.ts';
import { NO_ADDRESSES } from './no-addresses.ts';

/**
 * How Gateways of a cluster get addresses. `host`: out of `pool`, a range of addresses of this machine as `parseRange` gives it. `service`:
 * each has a Service of the cluster, which leads to the Pods that run daemun. `none`: this process serves no Gateways.
 */
export type Addressing =
  | { readonly mode: 'host'; readonly pool: string }
  | { readonly mode: 'service'; readonly pods: OwnPods }
  | { readonly mode: 'none' };

/** `services`: null where Gateways have none. */
export function openAddressBook(
  addressing: Addressing,
  controllerName: string,
  clusterIps: ClusterIps,
): { readonly services: GatewayServices | null; readonly addresses: AddressBook } {
  switch (addressing.mode) {
    case 'host':
      return { services: null, addresses: new AddressPool(addressing.pool, controllerName, clusterIps) };
    case 'service': {
      const services = new GatewayServices({ controllerName, clusterIps, pods: addressing.pods });
      return { services, addresses: services };
    }
    case 'none':
      return { services: null, addresses: NO_ADDRESSES };
  }
}
