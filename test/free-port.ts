// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Below what kernels hand out for port 0 and for outgoing connections (Linux: from 32,768), so that they take none of ours; above those
 * that are chosen for Services of Gateways (10,000 to 19,999).
 */
const FIRST_PORT = 20_000;
/** Ports of one process. The first one is bound as long as the process lives: by it others see whose the stretch is. */
const STRETCH = 64;
const STRETCHES = 180;

let stretch = process.pid % STRETCHES;
/** Of the stretch; at its end a further one is needed. */
let next = STRETCH;
let claimed: Promise<void> | null = null;

/**
 * A port of 127.0.0.1 that is free, for whoever must know it before it is bound (several workers bind the same one). Not
 * given twice by one process, nor by two that run side by side.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    while (next === STRETCH) {
      claimed ??= claimStretch();
      await claimed;
      claimed = null;
    }
    const port = FIRST_PORT + stretch * STRETCH + next;
    next += 1;
    if (await isFree(port)) return port;
  }
}

/** @throws Error when processes that run have all of them. */
async function claimStretch(): Promise<void> {
  for (let tries = 0; tries < STRETCHES; tries += 1) {
    stretch = (stretch + 1) % STRETCHES;
    const guard = await listen(FIRST_PORT + stretch * STRETCH);
    if (guard === null) continue;
    guard.unref();
    next = 1;
    return;
  }
  throw new Error(`no ${STRETCH} ports from ${FIRST_PORT} on are free for this process`);
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (server === null) return false;
  server.close();
  await once(server, 'close');
  return true;
}

async function listen(port: number): Promise<Server | null> {
  const server = createServer().listen({ host: '127.0.0.1', port, exclusive: true });
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return null;
  }
}
