// SPDX-License-Identifier: Apache-2.0

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';

/** The addresses that mean all of the machine's, and one of its own for each. */
const WILDCARDS: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);
/** Nobody listens on it, so that what leaves the socket is refused. */
const NOBODY = 0;

/**
 * Binds a TCP port (1 or higher) without sharing it, and lets go of it at once. Resolves to the code of the system that refused
 * (`EADDRINUSE`, `EACCES` …), or null.
 *
 * The socket never listens: a server, even one of a moment, has the system welcome clients whom nobody will serve, and a client
 * that waits for the port would be cut off. Node binds a socket that does not listen only where it leaves from.
 */
export async function trialBind(address: string, port: number): Promise<string | null> {
  const to = WILDCARDS.get(address) ?? address;
  const socket = connect({ host: to, port: NOBODY, localAddress: address, localPort: port });
  // That nobody is there is what was wanted; where nothing can be reached, the system says so before anybody waits for it.
  socket.on('error', () => {});
  const closed = new Promise(resolve => socket.once('close', resolve));
  try {
    await once(socket, 'connectionAttempt');
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    socket.destroy();
    await closed;
  }
}

/** The same of a UDP port. What comes to it meanwhile is lost. */
export async function trialBindDatagrams(address: string, port: number): Promise<string | null> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.bind({ address, port, exclusive: true });
    await once(socket, 'listening');
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    socket.close();
  }
}
