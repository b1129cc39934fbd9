// SPDX-License-Identifier: Apache-2.0
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

export type ProbeOutcome = { readonly port: number } | { readonly refusal: string };

/** Finds a free TCP port of an address, and lets go of it at once. `refusal` is the OS's code: `EADDRNOTAVAIL` … */
export function freePort(address: string): Promise<ProbeOutcome> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve({ refusal: error.code ?? error.message }));
    server.listen({ host: address, port: 0, exclusive: true }, () => {
      const bound = server.address();
      const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
      server.close(() => resolve({ port }));
    });
  });
}

/** True when a second loopback address can be bound: everywhere on Linux, on macOS only after `ifconfig lo0 alias`. */
export async function hasManyLoopbackAddresses(): Promise<boolean> {
  return 'port' in (await freePort('127.0.0.2'));
}

/** The same of UDP. */
export function freeDatagramPort(address: string): Promise<ProbeOutcome> {
  return new Promise(resolve => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      resolve({ refusal: error.code ?? error.message });
    });
    socket.bind({ address, port: 0, exclusive: true }, () => {
      const { port } = socket.address();
      socket.close(() => resolve({ port }));
    });
  });
}
