// SPDX-License-Identifier: Apache-2.0
import type { ResourceSet } from '../resources/index.ts';
import type { NamespacedName } from '../values/index.ts';

/** Which address each Gateway gets that asks for none. */
export interface AddressBook {
  /**
   * Takes in which Gateways there are. Once for each version of the resources, before anything asks for an address. An assignment
   * stays as long as its Gateway does.
   */
  assign(resources: ResourceSet): void;
  /** The address of a Gateway, the same one each time; null: none is left. */
  addressOf(gateway: NamespacedName): string | null;
  /** Why a Gateway that asks for this address cannot have it, in one clause; null: it can. */
  refusal(address: string): string | null;
}
