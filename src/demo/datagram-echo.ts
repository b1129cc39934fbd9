// SPDX-License-Identifier: Apache-2.0

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { dnsAnswer } from './dns-answer.ts';

/** What the largest datagram of UDP over IPv4 holds. */
const MOST_BYTES = 65_507;

export interface DatagramEcho {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Sends each datagram back with the pod's name before it, `NAME: `, as far as it fits; a question of DNS is answered as such.
 * Port 0 is a free one. Rejects when the OS refuses.
 */
export async function startDatagramEcho(
  { address, port }: { readonly address: string; readonly port: number },
  podName: string,
): Promise<DatagramEcho> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  const prefix = Buffer.from(`${podName}: `);
  socket.on('message', (datagram, from) => {
    const answer = dnsAnswer(datagram, podName) ?? Buffer.concat([prefix, datagram]).subarray(0, MOST_BYTES);
    // Whether it arrives is not ours to know.
    socket.send(answer, from.port, from.address, () => {});
  });
  socket.bind({ address, port, exclusive: true });
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}
