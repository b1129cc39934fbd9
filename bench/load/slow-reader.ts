// SPDX-License-Identifier: Apache-2.0

/** Clients that ask for more than they read. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface SlowReaders {
  readonly clients: number;
  /** Of each client. */
  readonly bytesPerSecond: number;
  readonly seconds: number;
}

const STEP_MS = 20;

/** Clients read the answer to `GET path` slowly, then hang up; the largest value that `sample` had meanwhile. */
export async function readSlowly(
  port: number,
  path: string,
  { clients, bytesPerSecond, seconds }: SlowReaders,
  sample: () => number,
): Promise<number> {
  const sockets = await Promise.all(Array.from({ length: clients }, () => ask(port, path)));
  const step = (bytesPerSecond * STEP_MS) / 1000;
  let largest = 0;
  for (let passed = 0; passed < seconds * 1000; passed += STEP_MS) {
    await delay(STEP_MS);
    for (const socket of sockets) {
      if (socket.read(Math.min(step, socket.readableLength)) === null && socket.readableEnded)
        throw new Error('an answer ended too early');
    }
    largest = Math.max(largest, sample());
  }
  for (const socket of sockets) socket.destroy();
  return largest;
}

/** Nothing is read but what the socket buffers by itself. */
async function ask(port: number, path: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nhost: bench.example.com\r\n\r\n`);
  await once(socket, 'readable');
  if (!/^HTTP\/1.1 200/.test(String(socket.read()))) throw new Error('it was not answered with 200');
  return socket;
}
