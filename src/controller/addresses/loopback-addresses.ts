// SPDX-License-Identifier: Apache-2.0
import type { ResourceSet } from '../../resources/index.ts';
import { formatNamespacedName, type NamespacedName } from '../../values/index.ts';
import { type AddressBook, freeEntries } from './address-book.ts';

/** 127.0.0.1 to 127.0.0.254; as many Gateways have one each, and those beyond share the last one. */
const LAST_LOOPBACK = 254;

/**
 * Gives each Gateway without `spec.addresses` a loopback address of its own, so that two of them may both use 443.
 * The first one that asks gets 127.0.0.1. An assignment does not change while its Gateway is there; one that is gone has the same again if it comes
 * back, unless all were given away meanwhile.
 */
export class LoopbackAddresses implements AddressBook {
  readonly #fixed: string | null;
  readonly #assigned = new Map<string, string>();
  /** Of `#assigned`, those of Gateways that are there. */
  #present = new Set<string>();

  /** `fixed`: the one address of all Gateways (`--address`); null: each gets its own. */
  constructor(fixed: string | null) {
    this.#fixed = fixed;
  }

  /** Those that ask for none get theirs in the order written. */
  assign({ gateways }: ResourceSet): void {
    const wanted = [...gateways.values()].flatMap(gateway =>
      Array.from({ length: freeEntries(gateway) }, (_, place) => ({ gateway: gateway.metadata, place })),
    );
    this.#present = new Set(wanted.map(({ gateway, place }) => keyOf(gateway, place)));
    for (const { gateway, place } of wanted) this.addressOf(gateway, place);
  }

  addressOf(gateway: NamespacedName, place: number): string | null {
    if (this.#fixed !== null) return place === 0 ? this.#fixed : null;
    const key = keyOf(gateway, place);
    this.#present.add(key);
    const known = this.#assigned.get(key);
    if (known !== undefined) return known;
    const address =
      this.#assigned.size < LAST_LOOPBACK
        ? loopback(this.#assigned.size + 1)
        : (this.#left() ?? loopback(LAST_LOOPBACK));
    this.#assigned.set(key, address);
    return address;
  }

  /** Takes the address of a Gateway that is gone, the one that got it first. */
  #left(): string | undefined {
    for (const [key, address] of this.#assigned)
      if (!this.#present.has(key) && this.#assigned.delete(key)) return address;
    return undefined;
  }

  /** Whatever a manifest asks for is tried: what cannot be bound shows then. */
  refusal(): null {
    return null;
  }

  clusterAddress(): { state: 'no-cluster' } {
    return { state: 'no-cluster' };
  }
}

function keyOf(gateway: NamespacedName, place: number): string {
  return `${formatNamespacedName(gateway)} ${place}`;
}

function loopback(last: number): string {
  return `127.0.0.${last}`;
}
