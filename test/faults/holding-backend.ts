// SPDX-License-Identifier: Apache-2.0

/** An HTTP/1.1 backend that answers at once, but requests for `/hold` only when it is told to. */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

export const HOLD = '/hold';

export class HoldingBackend {
  readonly #server: Server;
  #held: ServerResponse[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      if (request.url === HOLD) this.#held.push(response);
      else response.end('fine');
    });
  }

  static async start(): Promise<HoldingBackend> {
    const backend = new HoldingBackend();
    backend.#server.listen(0, '127.0.0.1');
    await once(backend.#server, 'listening');
    return backend;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async untilHeld(requests: number): Promise<void> {
    while (this.#held.length < requests) await turn();
  }

  /** Answers all that is held. */
  release(): void {
    for (const response of this.#held) response.end('fine');
    this.#held = [];
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
