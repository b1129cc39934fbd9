// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what kernels hand out for port 0 and for outgoing connections (Linux: from 32,768), so that they take none of ours. */
const FIRST_PORT = 12_000;
const PORTS = 20_000;
/** Test processes that run side by side have ids near each other: each has a stretch of its own. */
const STRETCH = 97;

let next = (process.pid * STRETCH) % PORTS;

/**
 * A port of 127.0.0.1 that is free, for whoever must know it before it is bound (several workers bind the same one). Not
 * given twice by one process, nor by two that run side by side.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + next;
    next = (next + 1) % PORTS;
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
