// SPDX-License-Identifier: Apache-2.0
import { type ProbeOutcome, probePort } from './probe-port.ts';

/** Ports below need a privilege on most systems. */
const FIRST_FREE_PORT = 1024;

/** Which ports this process may not bind. Each port is tried once; where the line is drawn depends on the system. */
export class Privileges {
  readonly #probe: (address: string, port: number) => Promise<ProbeOutcome>;
  readonly #isAllowed = new Map<number, boolean>();

  /** `probe`: tries to bind; tests bring their own. */
  constructor(probe: (address: string, port: number) => Promise<ProbeOutcome> = probePort) {
    this.#probe = probe;
  }

  /** All ports that are known to be refused, those of `sockets` included. */
  async refused(sockets: readonly { readonly address: string; readonly port: number }[]): Promise<ReadonlySet<number>> {
    for (const { address, port } of sockets) {
      if (port >= FIRST_FREE_PORT || this.#isAllowed.has(port)) continue;
      const outcome = await this.#probe(address, port);
      if ('port' in outcome) this.#isAllowed.set(port, true);
      // Anything else, such as a port in use, says nothing.
      else if (outcome.refusal === 'EACCES' || outcome.refusal === 'EPERM') this.#isAllowed.set(port, false);
    }
    return new Set([...this.#isAllowed].flatMap(([port, isAllowed]) => (isAllowed ? [] : [port])));
  }
}
