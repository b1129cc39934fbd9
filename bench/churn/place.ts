// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, fork, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Order } from './api.ts';

export const NODE_IP = '172.18.0.2';
/** Set for the process that runs in a network of its own. */
const INSIDE = 'DAEMUN_BENCH_OWN_NETWORK';

/** A network in which this machine is a node, and every Pod. Goes with the last process in it. */
const SETUP = `set -e
mount -t tmpfs none /run
ip link set lo up; ip addr add ${NODE_IP}/32 dev lo
ip route add local 10.128.0.0/9 dev lo; ip route add default dev lo
exec "$@"`;

export function isInOwnNetwork(): boolean {
  return process.env[INSIDE] === '1';
}

/** Runs this program again, in a network of its own (Linux, root). Its exit code. */
export function runInOwnNetwork(): number {
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const done: SpawnSyncReturns<Buffer> = spawnSync('unshare', ['--net', '--mount', 'sh', '-c', SETUP, 'sh', ...again], {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1' },
  });
  return done.status ?? 3;
}

/** An API server in a process of its own. */
export class ApiProcess {
  readonly server: string;
  readonly #child: ChildProcess;
  /** By the numbers of their orders. */
  readonly #waiting = new Map<number, () => void>();
  #orders = 0;

  private constructor(child: ChildProcess, server: string) {
    this.#child = child;
    this.server = server;
    child.on('message', (number: number) => {
      this.#waiting.get(number)?.();
      this.#waiting.delete(number);
    });
  }

  static async start(): Promise<ApiProcess> {
    const child = fork(join(import.meta.dirname, 'api.ts'));
    const [server] = (await once(child, 'message')) as [string];
    return new ApiProcess(child, server);
  }

  /** Resolves when it is done. */
  obey(order: Order): Promise<void> {
    return new Promise(resolve => {
      const number = this.#orders++;
      this.#waiting.set(number, resolve);
      this.#child.send([number, order]);
    });
  }

  stop(): void {
    this.#child.kill();
  }
}

/** Every Pod of the cluster at one port: answers with the address that it was asked at. */
export async function startPods(): Promise<{ port: number; stop(): void }> {
  const server = createServer((request, answer) => answer.end(request.socket.localAddress));
  server.keepAliveTimeout = 60_000;
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { port: (server.address() as AddressInfo).port, stop };
}
