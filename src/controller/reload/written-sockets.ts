// SPDX-License-Identifier: Apache-2.0

import type { Gateway, ResourceSet } from '../../resources/index.ts';
import { frontendsOf, listenerOwners, type MeshEnvironment } from '../../translate/index.ts';
import type { AddressBook } from '../addresses/address-book.ts';
import { parentServices } from '../mesh/loopback-frontends.ts';

/** Where something wants to be bound. */
export interface WrittenSocket {
  readonly address: string;
  readonly port: number;
}

const NO_SETS: ResourceSet['listenerSets'] = new Map();

/**
 * The sockets that Gateways, the ListenerSets of Gateways and Services with routes ask for, one address each. What breaks by a fault of ours asks
 * for none: the translation sets it aside.
 */
export function writtenSockets(
  resources: ResourceSet,
  { addresses, mesh }: { readonly addresses: AddressBook; readonly mesh: MeshEnvironment | null },
): readonly WrittenSocket[] {
  const owners = unbroken(() => listenerOwners(resources)) ?? listenerOwners({ ...resources, listenerSets: NO_SETS });
  const ofGateways = owners.flatMap(({ gateway, owner }) => {
    const sockets = unbroken(() => {
      const address = firstAddress(gateway, addresses);
      return address === null ? [] : owner.spec.listeners.map(({ port }) => ({ address, port }));
    });
    return sockets ?? [];
  });
  return [...ofGateways, ...(unbroken(() => socketsOfServices(resources, mesh)) ?? [])];
}

/** All ports that are written, of sockets of any address. */
export function writtenPorts(resources: ResourceSet, mesh: MeshEnvironment | null): ReadonlySet<number> {
  const ofGateways = listenerOwners(resources).flatMap(({ owner }) => owner.spec.listeners.map(({ port }) => port));
  return new Set([...ofGateways, ...socketsOfServices(resources, mesh).map(({ port }) => port)]);
}

/** undefined: it breaks. */
function unbroken<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function socketsOfServices(resources: ResourceSet, mesh: MeshEnvironment | null): readonly WrittenSocket[] {
  if (mesh === null) return [];
  return parentServices(resources).flatMap(service =>
    service.spec.ports
      .filter(({ protocol }) => protocol === 'TCP')
      .flatMap(({ port }) => frontendsOf(service, port, mesh))
      .flatMap(frontend => mesh.entranceOf(frontend) ?? []),
  );
}

function firstAddress({ spec, metadata }: Gateway, addresses: AddressBook): string | null {
  const asked = spec.addresses?.[0];
  const isAssigned = asked?.value === undefined || asked.value === '';
  return isAssigned ? addresses.addressOf(metadata, 0) : asked.value;
}
