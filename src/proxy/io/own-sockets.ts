// SPDX-License-Identifier: Apache-2.0

/** A stream of bytes, or the datagrams of one client, may come from this process itself so often in a row: listeners may lead to each other. */
const MAX_OWN_HOPS = 8;
/** A socket that is closed is remembered for so long: what it sent may still be on its way through the queues of a worker that is busy. */
const REMEMBERED_MS = 2_000;
const PORTS = 65_536;

/** One end of a socket. */
export interface SocketEnd {
  readonly address: string;
  readonly port: number;
}

/**
 * The sockets to endpoints that carry streams and datagrams, by their own ports, and how many of them stand in a row. What comes from one of them came
 * back: bytes have no head in which hops could be counted, as requests have, and one datagram would go round for ever. Shared by all workers
 * of the process, for the kernel chooses who takes what comes.
 */
export class OwnSockets {
  readonly #hops: Float64Array;
  /** When it was closed, of the wall clock, which threads have in common; 0: it is open. */
  readonly #closedMs: Float64Array;
  /** Local addresses of such sockets, as many as the machine has: the port of another machine's is somebody else's. */
  readonly #addresses = new Set<string>();
  readonly #wallMs: () => number;

  /** `memory`: as `sharedPorts` gives it. */
  constructor(memory: SharedArrayBuffer, wallMs: () => number) {
    this.#hops = new Float64Array(memory, 0, PORTS);
    this.#closedMs = new Float64Array(memory, PORTS * Float64Array.BYTES_PER_ELEMENT, PORTS);
    this.#wallMs = wallMs;
  }

  /** Whether so many stand before what comes from `peer` that it goes round; it goes no further. */
  comesRound(peer: SocketEnd): boolean {
    return this.#hopsBefore(peer) >= MAX_OWN_HOPS;
  }

  /** `own` carries on what comes from `peer`, until it is `closed`. */
  opened(own: SocketEnd, peer: SocketEnd): void {
    this.#addresses.add(own.address);
    this.#hops[own.port] = this.#hopsBefore(peer) + 1;
    this.#closedMs[own.port] = 0;
  }

  closed(port: number): void {
    this.#closedMs[port] = this.#wallMs();
  }

  #hopsBefore({ address, port }: SocketEnd): number {
    const hops = this.#hops[port] ?? 0;
    if (hops === 0 || !this.#addresses.has(address)) return 0;
    const closedMs = this.#closedMs[port] as number;
    return closedMs === 0 || this.#wallMs() - closedMs < REMEMBERED_MS ? hops : 0;
  }
}

/** What the workers of one process share. Pages of ports that are not used take no memory. */
export function sharedPorts(): SharedArrayBuffer {
  return new SharedArrayBuffer(2 * PORTS * Float64Array.BYTES_PER_ELEMENT);
}
