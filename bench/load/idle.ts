// SPDX-License-Identifier: Apache-2.0

/** Connections that say hello and nothing more, and WebSockets on which nothing is said. */
import type { Socket } from 'node:net';
import { dial, QUESTION } from './dial.ts';

/** What a client says first: preface and empty SETTINGS. */
export const HELLO = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);
/** Then, when the SETTINGS of the other side are here. */
export const SETTINGS_ACK = Buffer.from([0, 0, 0, 4, 1, 0, 0, 0, 0]);

/** Any key will do. */
const UPGRADE =
  'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** Opens `count` cleartext HTTP/2 connections, each past the exchange of SETTINGS. */
export function openIdle(port: number, count: number): Promise<{ close(): void }> {
  return open(count, async () => {
    const socket = await dial(port, HELLO);
    socket.write(SETTINGS_ACK);
    return socket;
  });
}

/** Opens `count` WebSockets over HTTP/1.1, each granted. */
export function openWebSockets(port: number, count: number): Promise<{ close(): void }> {
  return open(count, () => dial(port, Buffer.from(UPGRADE)));
}

/** Opens `count` connections that are passed on to the backend of HTTP/1.1, each with a question that was answered. */
export function openStreams(port: number, count: number): Promise<{ close(): void }> {
  return open(count, () => dial(port, QUESTION));
}

async function open(count: number, openOne: () => Promise<Socket>): Promise<{ close(): void }> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(100, count - sockets.length) }, openOne);
    sockets.push(...(await Promise.all(batch)));
  }
  return { close: () => sockets.forEach(socket => void socket.destroy()) };
}
