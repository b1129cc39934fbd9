// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

/** In /proc/net/tcp, of the timer of a socket: keepalive. */
const KEEPALIVE = '02';
/** Its unit. */
const TICK_MS = 10;

/** When the kernel asks the client of `port` next whether it is there, in ms; null: it does not, or there is no such connection. IPv4. */
export function keepaliveInMs(port: number, client: Socket): number | null {
  const { localPort } = client;
  for (const line of readFileSync('/proc/net/tcp', 'latin1').split('\n').slice(1)) {
    const [, local = '', remote = '', , , timer = ''] = line.trim().split(/\s+/);
    if (portIn(local) !== port || portIn(remote) !== localPort) continue;
    const [kind, ticks = ''] = timer.split(':');
    return kind === KEEPALIVE ? Number.parseInt(ticks, 16) * TICK_MS : null;
  }
  return null;
}

function portIn(place: string): number {
  return Number.parseInt(place.split(':')[1] ?? '', 16);
}
