// SPDX-License-Identifier: Apache-2.0
import type { ResourceSet, Service } from '../../resources/index.ts';
import type { ClientNamespace, Frontend } from '../../snapshot/index.ts';
import { type Entrance, type MeshEnvironment, routeMaps } from '../../translate/index.ts';
import {
  AddressRanges,
  formatNamespacedName,
  isLoopback,
  type NamespacedName,
  normalAddress,
} from '../../values/index.ts';

/** Services outside a cluster. */
export interface LoopbackMeshOptions {
  /** CIDR ranges of addresses that this machine has besides loopback ones; `parseRange` gives them. */
  readonly addressPool: readonly string[];
  /** Whose namespace clients are of, by their addresses; sorted by range. */
  readonly clients: readonly ClientNamespace[];
  /** See `MeshEnvironment`. Default false. */
  readonly knowsAllClients?: boolean;
}

/** 127.1.0.1 to 127.1.255.254: Gateways have 127.0.0.x. */
const MAX_SERVICES = 65_534;

/**
 * Serves Services of manifests at their ClusterIPs, where those are addresses of this machine. One without a ClusterIP is given a loopback
 * address of its own, which never changes while the process runs.
 */
export class LoopbackFrontends implements MeshEnvironment {
  readonly clients: readonly ClientNamespace[];
  readonly knowsAllClients: boolean;
  readonly #pool: AddressRanges;
  /** The only loopback address that there is; null: there are many. */
  readonly #only: string | null;
  readonly #assigned = new Map<string, string>();

  constructor({ addressPool, clients, knowsAllClients = false }: LoopbackMeshOptions, only: string | null = null) {
    this.clients = clients;
    this.knowsAllClients = knowsAllClients;
    this.#pool = new AddressRanges(addressPool);
    this.#only = only;
  }

  addressOf(service: NamespacedName): string | null {
    if (this.#only !== null) return this.#only;
    const key = formatNamespacedName(service);
    const known = this.#assigned.get(key);
    if (known !== undefined) return known;
    const place = this.#assigned.size + 1;
    if (place > MAX_SERVICES) return null;
    const address = `127.1.${place >> 8}.${place & 255}`;
    this.#assigned.set(key, address);
    return address;
  }

  closure({ address }: Pick<Frontend, 'address'>): string | null {
    if (normalAddress(address) === undefined) return `its ClusterIP ${address} is no IP address`;
    const isHere = isLoopback(address) || this.#pool.has(address);
    return isHere ? null : `its ClusterIP ${address} is no address of this machine`;
  }

  entranceOf({ address, port }: Frontend): Entrance | null {
    return this.closure({ address }) === null ? { address, port } : null;
  }
}

/** The Services that routes name as parents, and whose connections may come here. */
export function parentServices(resources: ResourceSet): readonly Service[] {
  const found = new Map<string, Service>();
  for (const routes of Object.values(routeMaps(resources))) {
    routes.forEach(({ spec, metadata }) => {
      for (const { kind, name, namespace = metadata.namespace } of spec.parentRefs ?? []) {
        const service = kind === 'Service' ? resources.services.get(`${namespace}/${name}`) : undefined;
        if (service !== undefined) found.set(`${namespace}/${name}`, service);
      }
    });
  }
  return [...found.values()];
}
