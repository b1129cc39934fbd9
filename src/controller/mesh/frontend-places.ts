// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import type { Random } from '../../time/index.ts';
import { socketAddress } from '../../values/index.ts';

/** What clients of a frontend connect to, or where on this machine they are led. */
type Place = { readonly address: string; readonly port: number };

const ALL_TAKEN = 'all ports of the node that are for it are taken (run --mesh-ports)';

/** Ports of the node, both ends included, that nobody else should use. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Where frontends are bound on a node: each on a port of its own, by which the connections that the kernel leads there are told apart. A
 * frontend keeps its port while it lasts; a port that is free again is the last to be used anew.
 */
export class FrontendPlaces {
  readonly #addresses: readonly string[];
  readonly #ports: PortRange;
  /** By `address:port` of the frontend. */
  readonly #places = new Map<string, Place>();
  /** Those of `#places`. */
  readonly #taken = new Set<number>();
  #next: number;
  #version = 0;
  /** A frontend has no place because all are taken. */
  #isShort = false;

  /**
   * `addresses`: of the node, one of each family counts. Begins anywhere among the ports, so that two agents of an upgrade seldom try the
   * same ones.
   */
  constructor(addresses: readonly string[], ports: PortRange, random: Random) {
    this.#addresses = addresses;
    this.#ports = ports;
    this.#next = ports.first + Math.floor(random() * this.#size);
  }

  get #size(): number {
    return this.#ports.last - this.#ports.first + 1;
  }

  /** Why a frontend cannot have a place, in one clause; null: it can, or has one. Takes none. */
  closure({ address, port }: Place): string | null {
    if (this.#places.has(socketAddress(address, port))) return null;
    if (this.#ownOf(address) === undefined) return 'the node has no address of its family';
    return this.#taken.size < this.#size ? null : ALL_TAKEN;
  }

  /** The same one each time; null: it has none, as `closure` says. */
  placeOf({ address, port }: Place): Place | null {
    const key = socketAddress(address, port);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const own = this.#ownOf(address);
    if (own === undefined) return null;
    if (this.#taken.size >= this.#size) {
      this.#isShort = true;
      return null;
    }
    while (this.#taken.has(this.#next)) this.#advance();
    const place = { address: own, port: this.#next };
    this.#advance();
    this.#taken.add(place.port);
    this.#places.set(key, place);
    return place;
  }

  /** Forgets all frontends but these. */
  keep(frontends: Iterable<Place>): void {
    const kept = new Set([...frontends].map(({ address, port }) => socketAddress(address, port)));
    for (const key of [...this.#places.keys()]) if (!kept.has(key)) this.#forget(key);
    if (!this.#isShort || this.#taken.size >= this.#size) return;
    this.#isShort = false;
    this.#version++;
  }

  /** Grows when a frontend may get another place than before. */
  get version(): number {
    return this.#version;
  }

  /** The system does not let us have the place of a frontend: the next `placeOf` gives it another one. */
  refuse({ address, port }: Place): void {
    this.#version++;
    this.#forget(socketAddress(address, port));
  }

  #ownOf(address: string): string | undefined {
    return this.#addresses.find(one => isIP(one) === isIP(address));
  }

  #forget(key: string): void {
    const place = this.#places.get(key);
    if (place !== undefined) this.#taken.delete(place.port);
    this.#places.delete(key);
  }

  #advance(): void {
    this.#next = this.#next === this.#ports.last ? this.#ports.first : this.#next + 1;
  }
}
