// SPDX-License-Identifier: Apache-2.0
import type { ResourceSet } from '../../resources/index.ts';
import { formatNamespacedName, type NamespacedName } from '../../values/index.ts';
import { type AddressBook, freeEntries } from './address-book.ts';

/** 127.0.0.1 to 127.0.0.254; Gateways beyond share the last one. */
const LAST_LOOPBACK = 254;

/**
 * Gives each Gateway without `spec.addresses` a loopback address of its own, so that two of them may both use 443.
 * The first one that asks gets 127.0.0.1. An assignment never changes while the process runs.
 */
export class LoopbackAddresses implements AddressBook {
  readonly #fixed: string | null;
  readonly #assigned = new Map<string, string>();

  /** `fixed`: the one address of all Gateways (`--address`); null: each gets its own. */
  constructor(fixed: string | null) {
    this.#fixed = fixed;
  }

  /** Those that ask for none get theirs in the order written. */
  assign({ gateways }: ResourceSet): void {
    for (const gateway of gateways.values()) {
      for (let place = 0; place < freeEntries(gateway); place++) this.addressOf(gateway.metadata, place);
    }
  }

  addressOf(gateway: NamespacedName, place: number): string | null {
    if (this.#fixed !== null) return place === 0 ? this.#fixed : null;
    const key = `${formatNamespacedName(gateway)} ${place}`;
    const known = this.#assigned.get(key);
    if (known !== undefined) return known;
    const address = `127.0.0.${Math.min(this.#assigned.size + 1, LAST_LOOPBACK)}`;
    this.#assigned.set(key, address);
    return address;
  }

  /** Whatever a manifest asks for is tried: what cannot be bound shows then. */
  refusal(): null {
    return null;
  }

  clusterAddress(): { state: 'no-cluster' } {
    return { state: 'no-cluster' };
  }
}
