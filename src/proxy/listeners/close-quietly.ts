// SPDX-License-Identifier: Apache-2.0

import type { Server } from 'node:net';
import type { Clock } from '../../time/index.ts';

/** Longest turn of the event loop, in milliseconds, that is taken for quiet, by how long one has been waited for. */
const PATIENCE: readonly { readonly untilMs: number; readonly quietMs: number }[] = [
  { untilMs: 50, quietMs: 0.05 },
  { untilMs: 150, quietMs: 0.25 },
  { untilMs: 300, quietMs: Number.POSITIVE_INFINITY },
];

/**
 * Stops listening, with as few connections lost as can be. Those that wait in the kernel's queue are reset when their
 * socket is closed, even where another process listens on the same port (SO_REUSEPORT). So all of them are accepted first,
 * and the socket is closed at the end of a short turn of the event loop that brought none: what comes within that turn is
 * lost, unless `net.ipv4.tcp_migrate_req` is set. A flood of connections does not keep the port longer than 300 ms.
 * Resolves when the socket is closed; connections stay.
 */
export function closeQuietly(server: Server, clock: Clock): Promise<void> {
  const startedMs = clock.nowMs();
  let lastMs = startedMs;
  let turns = 0;
  let hasAccepted = false;
  const onConnection = (): void => {
    hasAccepted = true;
  };
  server.on('connection', onConnection);
  return new Promise(resolve => {
    const look = (): void => {
      const nowMs = clock.nowMs();
      const quietMs = PATIENCE.find(({ untilMs }) => nowMs - startedMs < untilMs)?.quietMs;
      // The first turn may have looked at the socket before this began.
      const isQuiet = turns > 0 && !hasAccepted && nowMs - lastMs < (quietMs ?? 0);
      if (isQuiet || quietMs === undefined || !server.listening) {
        server.close();
        server.off('connection', onConnection);
        resolve();
        return;
      }
      turns++;
      hasAccepted = false;
      lastMs = nowMs;
      setImmediate(look);
    };
    setImmediate(look);
  });
}
