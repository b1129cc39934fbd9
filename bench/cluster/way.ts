// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** How the way to a server is. */
export type WayState =
  | 'open'
  /** Connections are there, and nothing comes through: the server hangs. */
  | 'frozen'
  /** There are none, nor new ones: the server is gone. */
  | 'gone'
  /** All that is sent takes two seconds more. */
  | 'slow';

const SLOW_MS = 2_000;

/** A way to a server that can be blocked, on a port of this machine. */
export class Way {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #state: WayState = 'open';
  #port = 0;

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
    this.#server = createServer(socket => this.#join(socket));
  }

  static async open(target: { readonly host: string; readonly port: number }): Promise<Way> {
    const way = new Way(target);
    await way.#listen();
    return way;
  }

  get port(): number {
    return this.#port;
  }

  async set(state: WayState): Promise<void> {
    const before = this.#state;
    this.#state = state;
    if (before === 'gone') await this.#listen();
    if (state === 'gone') this.close();
    else for (const socket of this.#sockets) socket[state === 'frozen' ? 'pause' : 'resume']();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #join(near: Socket): void {
    const far = connect(this.#target.port, this.#target.host);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (chunk: Buffer) => this.#pass(chunk, to));
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      if (this.#state === 'frozen') from.pause();
    }
  }

  #pass(chunk: Buffer, to: Socket): void {
    if (this.#state === 'slow') setTimeout(() => to.write(chunk), SLOW_MS);
    else to.write(chunk);
  }
}
