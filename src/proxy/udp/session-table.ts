// SPDX-License-Identifier: Apache-2.0

import { IdleList, unlink } from '../io/index.ts';
import type { UdpSession } from './udp-session.ts';

/**
 * The sessions of one binding: by the client's address and port, and by who has been idle for longest. Looking one up is two
 * looks into maps; everything else is O(1) as well.
 */
export class SessionTable {
  readonly #byAddress = new Map<string, Map<number, UdpSession>>();
  /** Clients that have not been heard of after an answer: their addresses may be spoofed. */
  readonly #unconfirmed = new IdleList<UdpSession>();
  readonly #confirmed = new IdleList<UdpSession>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  find(address: string, port: number): UdpSession | undefined {
    return this.#byAddress.get(address)?.get(port);
  }

  /** How many clients share an address. */
  countOf(address: string): number {
    return this.#byAddress.get(address)?.size ?? 0;
  }

  /** The session of an address that was begun first. */
  firstOf(address: string): UdpSession | undefined {
    return this.#byAddress.get(address)?.values().next().value;
  }

  add(session: UdpSession): void {
    const { address, port } = session;
    const ports = this.#byAddress.get(address);
    if (ports === undefined) this.#byAddress.set(address, new Map([[port, session]]));
    else ports.set(port, session);
    this.#size++;
    this.touch(session);
  }

  remove(session: UdpSession): void {
    const ports = this.#byAddress.get(session.address);
    if (ports?.delete(session.port) !== true) return;
    if (ports.size === 0) this.#byAddress.delete(session.address);
    this.#size--;
    unlink(session);
  }

  /** A datagram passed, in either direction. */
  touch(session: UdpSession): void {
    (session.isConfirmed ? this.#confirmed : this.#unconfirmed).touch(session);
  }

  /** The longest idle of the clients that may be spoofed. */
  get oldestUnconfirmed(): UdpSession | null {
    return this.#unconfirmed.oldest;
  }

  /** The longest idle of those that are not. */
  get oldestConfirmed(): UdpSession | null {
    return this.#confirmed.oldest;
  }

  /** The longest idle of all. */
  get oldest(): UdpSession | null {
    const { oldestConfirmed, oldestUnconfirmed } = this;
    if (oldestConfirmed === null || oldestUnconfirmed === null) return oldestConfirmed ?? oldestUnconfirmed;
    return oldestConfirmed.lastMs < oldestUnconfirmed.lastMs ? oldestConfirmed : oldestUnconfirmed;
  }

  all(): UdpSession[] {
    return [...this.#byAddress.values()].flatMap(ports => [...ports.values()]);
  }
}
