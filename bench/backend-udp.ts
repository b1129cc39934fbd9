// SPDX-License-Identifier: Apache-2.0

/**
 * The backend of datagrams, as a process of its own: `node backend-udp.ts PORT`. It sends each datagram back. It accepts TCP
 * connections at the same port too, so that it can be seen that it is there.
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const RECEIVE_BUFFER_BYTES = 4_194_304;

const port = Number(process.argv[2]);
const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
socket.on('message', (datagram, from) => socket.send(datagram, from.port, from.address));
socket.bind(port, '127.0.0.1', () => {
  createServer(accepted => accepted.destroy()).listen(port, '127.0.0.1');
});
