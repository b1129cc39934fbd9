// SPDX-License-Identifier: Apache-2.0

import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { type BindFailure, type Binding, bindFailure } from '../../snapshot/index.ts';

/** Room for what comes while the event loop is busy; the kernel may give less (`net.core.rmem_max`). */
const RECEIVE_BUFFER_BYTES = 4_194_304;

/**
 * Binds the socket of a binding. Answers why the port cannot be had, else what `onBound` says of it, which is called at once: nothing
 * that comes is missed. `reusePort`: others listen on the port too.
 */
export function openSocket(
  { address, port }: Binding,
  reusePort: boolean,
  onBound: (socket: Socket) => BindFailure | null,
): Promise<BindFailure | null> {
  const type = address.includes(':') ? 'udp6' : 'udp4';
  const socket = createSocket({ type, reusePort, recvBufferSize: RECEIVE_BUFFER_BYTES, lookup: asWritten });
  return new Promise(resolve => {
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      resolve(bindFailure(error.code, error.message));
    });
    socket.bind({ address, port, exclusive: true }, () => resolve(onBound(socket)));
  });
}

/** Addresses are numbers: nothing is looked up, and so nothing waits. */
const asWritten: SocketOptions['lookup'] = (hostname, _options, callback) => {
  const family = hostname.includes(':') ? 6 : 4;
  callback(null, hostname, family);
};
