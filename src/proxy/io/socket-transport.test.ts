// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import {
  DEFAULT_HTTP2_LIMITS,
  HeaderListPool,
  Http2Connection,
  type MessageConnectionEvents,
} from '../../wire/index.ts';
import { SocketLoop } from './socket-loop.ts';
import { SocketTransport } from './socket-transport.ts';

const EVENTS: MessageConnectionEvents = {
  onStream: () => assert.fail('no stream is opened'),
  onOutput() {},
  onGoingAway() {},
  onCapacity() {},
  onFinished() {},
  onFatal() {},
};

describe('a socket whose peer has ended its side', () => {
  it('is not written to: it ends in order, without an error', async t => {
    const loop = new SocketLoop(() => performance.now());
    const server = createServer().listen(0, '127.0.0.1');
    t.after(() => {
      server.close();
      loop.close();
    });
    await once(server, 'listening');
    const client = connect((server.address() as { readonly port: number }).port, '127.0.0.1').resume();
    const [socket] = (await once(server, 'connection')) as [Socket];
    // It has SETTINGS to send.
    const connection = new Http2Connection({
      role: 'server',
      events: EVENTS,
      limits: DEFAULT_HTTP2_LIMITS,
      lists: new HeaderListPool(),
    });
    let error: Error | null | undefined;
    const transport = new SocketTransport(socket, loop, {
      onTransportClosed: reason => {
        error = reason;
      },
    });
    transport.start(connection);
    socket.on('end', () => transport.markDirty());
    client.end();
    await new Promise(resolve => socket.once('close', resolve));
    assert.equal(error, null);
    assert.equal(transport.bytesWritten, 0);
  });
});
