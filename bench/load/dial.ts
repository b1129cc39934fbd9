// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A question for the backend of HTTP/1.1, which keeps the connection. */
export const QUESTION = Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');

/** A connection that said `first` and was answered. */
export async function dial(port: number, first: Buffer): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(first);
  await once(socket, 'data');
  socket.on('error', () => {});
  socket.resume();
  return socket;
}
