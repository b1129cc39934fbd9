// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { systemClock } from '../../time/index.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { closeQuietly } from './close-quietly.ts';

const CONNECTIONS = 100;

describe('a listening socket that is closed quietly', () => {
  it('accepts every connection that waits in the queue of the kernel', async () => {
    const server = createServer(socket => socket.end('served'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const clients = Array.from({ length: CONNECTIONS }, () => connect(port, '127.0.0.1'));
    // Listened for before anything can happen: clients and server may be closed by the time that the call resolves.
    const answers = Promise.all(clients.map(read));
    const closed = once(server, 'close');
    // In this turn the kernel has queued them all, and none was accepted. No time passes: the patience does not end.
    await closeQuietly(server, new VirtualClock());
    assert.equal(server.listening, false);
    assert.deepEqual(await answers, new Array(CONNECTIONS).fill('served'));
    await closed;
  });

  it('resolves for a socket that is closed already', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await closeQuietly(server, systemClock);
  });
});

async function read(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  socket.on('error', error => {
    text = error.message;
  });
  await new Promise(resolve => socket.once('close', resolve));
  return text;
}
