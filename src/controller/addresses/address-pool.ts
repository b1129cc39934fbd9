// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Gateway, ResourceSet } from '../../resources/index.ts';
import { type ClusterAddress, compareAge, type WantedClusterIp } from '../../translate/index.ts';
import {
  AddressRanges,
  formatNamespacedName,
  type NamespacedName,
  normalAddress,
  RangeMembers,
} from '../../values/index.ts';
import { type AddressBook, freeEntries, gatewaysOf } from './address-book.ts';
import type { ClusterIps } from './cluster-ips.ts';

/**
 * Addresses of this machine, one for each Gateway that is ours. A Gateway keeps what its status says, so a restart changes nothing; a
 * new one gets the address that its name stands for, or the next that is free: all replicas choose alike. What a Gateway asks for
 * by `spec.addresses` is given to no other.
 */
export class AddressPool implements AddressBook {
  readonly #range: string;
  readonly #members: RangeMembers;
  readonly #ranges: AddressRanges;
  readonly #controllerName: string;
  readonly #clusterIps: Pick<ClusterIps, 'assign' | 'of'>;
  /** By `keyOf`. */
  readonly #assigned = new Map<string, string>();

  /** `range`: as `parseRange` gives it. `controllerName`: whose Gateways get addresses. `clusterIps`: what the cluster gives beside. */
  constructor(range: string, controllerName: string, clusterIps: Pick<ClusterIps, 'assign' | 'of'>) {
    this.#clusterIps = clusterIps;
    this.#range = range;
    this.#members = new RangeMembers(range);
    this.#ranges = new AddressRanges([range]);
    this.#controllerName = controllerName;
  }

  assign(resources: ResourceSet): void {
    this.#clusterIps.assign(resources);
    const ours = gatewaysOf(resources, this.#controllerName).sort(([, a], [, b]) => compareAge(a.metadata, b.metadata));
    const keys = new Set(ours.flatMap(([name, gateway]) => keysOf(name, gateway)));
    for (const key of this.#assigned.keys()) if (!keys.has(key)) this.#assigned.delete(key);
    const asked = ours.flatMap(([, { spec }]) => (spec.addresses ?? []).map(({ value = '' }) => normalAddress(value)));
    const taken = new Set([...this.#assigned.values(), ...asked.filter(address => address !== undefined)]);
    const wanting = ours.flatMap(([name, gateway]) => this.#wantedKeys(name, gateway).map(key => ({ key, gateway })));
    for (const { key, gateway } of wanting) this.#take(key, this.#remembered(gateway, taken), taken);
    for (const { key } of wanting) if (!this.#assigned.has(key)) this.#take(key, this.#next(key, taken), taken);
  }

  addressOf(gateway: NamespacedName, place: number): string | null {
    return this.#assigned.get(keyOf(formatNamespacedName(gateway), place)) ?? null;
  }

  refusal(address: string): string | null {
    return this.#ranges.has(address) ? null : `it is not in the pool ${this.#range} of addresses that daemun binds`;
  }

  /** What leads to an address of the pool is of its family. */
  clusterAddress(gateway: NamespacedName, wanted: WantedClusterIp): ClusterAddress {
    if (wanted.value === '' || isIPv6(wanted.value) === isIPv6(this.#members.at(0)))
      return this.#clusterIps.of(gateway, wanted);
    return {
      state: 'refused',
      why: `it is of another family than the pool ${this.#range}, where it would have to lead`,
    };
  }

  #wantedKeys(name: string, gateway: Gateway): string[] {
    return keysOf(name, gateway).filter(key => !this.#assigned.has(key));
  }

  #take(key: string, address: string | undefined, taken: Set<string>): void {
    if (address === undefined) return;
    taken.add(address);
    this.#assigned.set(key, address);
  }

  /** What its status says that it has, unless another one has it now. */
  #remembered({ status }: Gateway, taken: ReadonlySet<string>): string | undefined {
    const addresses = (status?.addresses ?? []).map(({ value }) => normalAddress(value) ?? '');
    return addresses.find(address => this.#ranges.has(address) && !taken.has(address));
  }

  #next(key: string, taken: ReadonlySet<string>): string | undefined {
    const start = createHash('sha256').update(key).digest().readUInt32BE();
    // Each one that is taken is passed at most once.
    for (let step = 0; step <= Math.min(taken.size, this.#members.size - 1); step++) {
      const address = this.#members.at((start + step) % this.#members.size);
      if (!taken.has(address)) return address;
    }
    return undefined;
  }
}

/** Of each address of its own that a Gateway asks for. */
function keysOf(name: string, gateway: Gateway): string[] {
  return Array.from({ length: freeEntries(gateway) }, (_, place) => keyOf(name, place));
}

function keyOf(name: string, place: number): string {
  return place === 0 ? name : `${name} ${place}`;
}
