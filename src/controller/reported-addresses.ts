// SPDX-License-Identifier: Apache-2.0
import type { ResourceSet } from '../resources/index.ts';
import { formatNamespacedName, type NamespacedName } from '../values/index.ts';
import type { AddressBook } from './address-book.ts';

/** What stands for the address of a Gateway that has none yet. */
const ANY_ADDRESS = '0.0.0.0';

/** The addresses that Gateways say they have, for those who look at a cluster and bind nothing. */
export class ReportedAddresses implements AddressBook {
  #gateways: ResourceSet['gateways'] = new Map();

  assign({ gateways }: ResourceSet): void {
    this.#gateways = gateways;
  }

  addressOf(gateway: NamespacedName, place: number): string {
    const addresses = this.#gateways.get(formatNamespacedName(gateway))?.status?.addresses ?? [];
    return addresses[place]?.value ?? ANY_ADDRESS;
  }

  /** That is for the process that binds them to say. */
  refusal(): null {
    return null;
  }
}
