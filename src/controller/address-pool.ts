// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { Gateway, ResourceSet } from '../resources/index.ts';
import {
  AddressRanges,
  compareStrings,
  formatNamespacedName,
  type NamespacedName,
  normalAddress,
  RangeMembers,
} from '../values/index.ts';
import type { AddressBook } from './address-book.ts';

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
  /** `namespace/name` of a Gateway → its address. */
  readonly #assigned = new Map<string, string>();

  /** `range`: as `parseRange` gives it. `controllerName`: whose Gateways get addresses. */
  constructor(range: string, controllerName: string) {
    this.#range = range;
    this.#members = new RangeMembers(range);
    this.#ranges = new AddressRanges([range]);
    this.#controllerName = controllerName;
  }

  assign(resources: ResourceSet): void {
    const ours = [...resources.gateways].filter(([, gateway]) => this.#isOurs(gateway, resources)).sort(oldestFirst);
    const names = new Set(ours.map(([name]) => name));
    for (const name of this.#assigned.keys()) if (!names.has(name)) this.#assigned.delete(name);
    const asked = ours.flatMap(([, { spec }]) => (spec.addresses ?? []).map(({ value = '' }) => normalAddress(value)));
    const taken = new Set([...this.#assigned.values(), ...asked.filter(address => address !== undefined)]);
    const without = ours.filter(([name, gateway]) => !this.#assigned.has(name) && needsAddress(gateway));
    for (const [name, gateway] of without) this.#take(name, this.#remembered(gateway, taken), taken);
    for (const [name] of without) {
      if (!this.#assigned.has(name)) this.#take(name, this.#next(name, taken), taken);
    }
  }

  addressOf(gateway: NamespacedName): string | null {
    return this.#assigned.get(formatNamespacedName(gateway)) ?? null;
  }

  refusal(address: string): string | null {
    return this.#ranges.has(address) ? null : `it is not in the pool ${this.#range} of addresses that daemun binds`;
  }

  #isOurs({ spec }: Gateway, { gatewayClasses }: ResourceSet): boolean {
    return gatewayClasses.get(spec.gatewayClassName)?.spec.controllerName === this.#controllerName;
  }

  #take(name: string, address: string | undefined, taken: Set<string>): void {
    if (address === undefined) return;
    taken.add(address);
    this.#assigned.set(name, address);
  }

  /** What its status says that it has, unless another one has it now. */
  #remembered({ status }: Gateway, taken: ReadonlySet<string>): string | undefined {
    const addresses = (status?.addresses ?? []).map(({ value }) => normalAddress(value) ?? '');
    return addresses.find(address => this.#ranges.has(address) && !taken.has(address));
  }

  #next(name: string, taken: ReadonlySet<string>): string | undefined {
    const start = createHash('sha256').update(name).digest().readUInt32BE();
    // Each one that is taken is passed at most once.
    for (let step = 0; step <= Math.min(taken.size, this.#members.size - 1); step++) {
      const address = this.#members.at((start + step) % this.#members.size);
      if (!taken.has(address)) return address;
    }
    return undefined;
  }
}

/** Asks for none, or leaves a choice. */
function needsAddress({ spec }: Gateway): boolean {
  const asked = spec.addresses ?? [];
  return asked.length === 0 || asked.some(({ value = '' }) => value === '');
}

function oldestFirst([nameA, a]: readonly [string, Gateway], [nameB, b]: readonly [string, Gateway]): number {
  const [bornA, bornB] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  return compareStrings(bornA, bornB) || compareStrings(nameA, nameB);
}
