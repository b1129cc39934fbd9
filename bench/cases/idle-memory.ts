// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from 'node:timers/promises';
import { type SetupOptions, withPeer } from '../bed.ts';
import { openIdle, openStreams, openWebSockets } from '../load/idle.ts';
import { openWebSocketsOverHttp2 } from '../load/web-sockets.ts';
import { H1_TO_H1, H1_TO_H2, H2_TO_H1 } from '../peers/wiring.ts';
import { rssBytes } from '../processes.ts';
import type { BenchCase } from './bench-case.ts';

/** What opening them left behind is given back by then, where a program does so. */
const SETTLE_MS = 15_000;

/** KiB of resident memory of the proxy for each idle cleartext HTTP/2 connection. */
export const idleMemory: BenchCase = idle('idle connection', { count: 4_000, settleMs: 0 }, {}, openIdle);

/** The same for each WebSocket on which nothing is said: a connection of a client, and one to the backend. As many as fit into 20,000 open files. */
export const idleWebSockets: BenchCase = idle(
  'idle WebSocket',
  { count: 7_500, settleMs: SETTLE_MS },
  { wiring: H1_TO_H1 },
  openWebSockets,
);

/** The same of 10,000, whose clients share connections: what a WebSocket costs over HTTP/2. */
export const idleWebSocketsOverHttp2: BenchCase = idle(
  'idle WebSocket over HTTP/2',
  { count: 10_000, settleMs: SETTLE_MS },
  { wiring: H2_TO_H1 },
  openWebSocketsOverHttp2,
);

/** The same of 10,000 clients of HTTP/1.1, whose WebSockets share connections to the backend. */
export const idleWebSocketsToHttp2: BenchCase = idle(
  'idle WebSocket, HTTP/2 to the backend',
  { count: 10_000, settleMs: SETTLE_MS },
  { wiring: H1_TO_H2 },
  openWebSockets,
);

/** The same for each TCP stream on which nothing is said any more: a connection of a client, and one to the backend. */
export const idleStreams: BenchCase = idle(
  'idle TCP stream',
  { count: 7_500, settleMs: SETTLE_MS },
  { carriesStreams: true },
  openStreams,
);

/** `count`: how many are open at once. `settleMs`: how long they are idle before it counts. */
function idle(
  name: string,
  { count, settleMs }: { readonly count: number; readonly settleMs: number },
  setup: SetupOptions,
  open: typeof openIdle,
): BenchCase {
  return {
    name,
    measure: stand =>
      withPeer(stand, setup, async ({ setup: { port }, pid }) => {
        const warm = await open(port, count / 10);
        await delay(settleMs);
        const before = rssBytes(pid);
        const opened = await open(port, count);
        await delay(settleMs);
        const bytes = (rssBytes(pid) - before) / count;
        opened.close();
        warm.close();
        return [{ name, unit: 'KiB RSS', value: bytes / 1024 }];
      }),
  };
}
