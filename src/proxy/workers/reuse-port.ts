// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { createServer } from 'node:net';

/** Where several sockets of one port share its connections evenly (Linux SO_REUSEPORT, FreeBSD SO_REUSEPORT_LB and the like). */
const BALANCING_PLATFORMS: ReadonlySet<NodeJS.Platform> = new Set(['linux', 'freebsd', 'aix', 'sunos']);

/** True when each worker can listen on the same port and gets its share of the connections. */
export async function canReusePort(): Promise<boolean> {
  if (!BALANCING_PLATFORMS.has(process.platform)) return false;
  const server = createServer();
  try {
    server.listen({ host: '127.0.0.1', port: 0, reusePort: true });
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
