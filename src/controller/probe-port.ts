// SPDX-License-Identifier: Apache-2.0
import { createServer } from 'node:net';

export type ProbeOutcome = { readonly port: number } | { readonly refusal: string };

/** Binds a TCP port and lets go of it at once; port 0 finds a free one. `refusal` is the OS's code: `EACCES` … */
export function probePort(address: string, port: number): Promise<ProbeOutcome> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve({ refusal: error.code ?? error.message }));
    server.listen({ host: address, port, exclusive: true }, () => {
      const bound = server.address();
      const found = typeof bound === 'object' && bound !== null ? bound.port : port;
      server.close(() => resolve({ port: found }));
    });
  });
}

/** True when a second loopback address can be bound: everywhere on Linux, on macOS only after `ifconfig lo0 alias`. */
export async function hasManyLoopbackAddresses(): Promise<boolean> {
  return 'port' in (await probePort('127.0.0.2', 0));
}
