// SPDX-License-Identifier: Apache-2.0
import { trialBind } from '../../proxy/index.ts';

/** Ports below need a privilege on most systems. */
const FIRST_FREE_PORT = 1024;

/** Which ports this process may not bind. Each port is tried once; where the line is drawn depends on the system. */
export class Privileges {
  readonly #refusal: typeof trialBind;
  readonly #isAllowed = new Map<number, boolean>();

  /** `refusal`: tries to bind; tests bring their own. */
  constructor(refusal: typeof trialBind = trialBind) {
    this.#refusal = refusal;
  }

  /** All ports that are known to be refused, those of `sockets` included. */
  async refused(sockets: readonly { readonly address: string; readonly port: number }[]): Promise<ReadonlySet<number>> {
    for (const { address, port } of sockets) {
      if (port >= FIRST_FREE_PORT || this.#isAllowed.has(port)) continue;
      const refusal = await this.#refusal(address, port);
      if (refusal === null) this.#isAllowed.set(port, true);
      // Anything else, such as a port in use, says nothing.
      else if (refusal === 'EACCES' || refusal === 'EPERM') this.#isAllowed.set(port, false);
    }
    return new Set([...this.#isAllowed].flatMap(([port, isAllowed]) => (isAllowed ? [] : [port])));
  }
}
