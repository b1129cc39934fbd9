// SPDX-License-Identifier: Apache-2.0

/** Connections that say hello and nothing more. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What a client says first: preface and empty SETTINGS. */
export const HELLO = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);
/** Then, when the SETTINGS of the other side are here. */
export const SETTINGS_ACK = Buffer.from([0, 0, 0, 4, 1, 0, 0, 0, 0]);

/** Opens `count` cleartext HTTP/2 connections, each past the exchange of SETTINGS. */
export async function openIdle(port: number, count: number): Promise<{ close(): void }> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(100, count - sockets.length) }, () => openOne(port));
    sockets.push(...(await Promise.all(batch)));
  }
  return { close: () => sockets.forEach(socket => void socket.destroy()) };
}

async function openOne(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(HELLO);
  await once(socket, 'data');
  socket.write(SETTINGS_ACK);
  socket.on('error', () => {});
  socket.resume();
  return socket;
}
