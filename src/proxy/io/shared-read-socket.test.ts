// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import {
  NO_TAKER,
  newReadBuffer,
  newSharedReadSocket,
  type SharedReadSocket,
  shareReads,
  sharesReads,
} from './shared-read-socket.ts';

/** The next input as text, copied. */
function nextInput(socket: SharedReadSocket): Promise<string> {
  return new Promise(resolve => {
    socket.inputTaker = {
      takeInput(buffer, length) {
        socket.inputTaker = NO_TAKER;
        resolve(buffer.toString('latin1', 0, length));
      },
    };
  });
}

describe('socket with shared reads', () => {
  const buffer = newReadBuffer();
  let server: Server;
  let port: number;

  before(async () => {
    server = createServer({ noDelay: true, highWaterMark: 1_000 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });

  after(() => server.close());

  async function accepted(client: Socket): Promise<SharedReadSocket> {
    const [[socket]] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);
    assert.ok(shareReads(socket as Socket, buffer), 'this Node lets accepted connections share reads');
    return socket as SharedReadSocket;
  }

  it('reads accepted and dialled sockets into one buffer, and writes as any socket', async () => {
    const client = newSharedReadSocket(buffer);
    client.connect({ host: '127.0.0.1', port });
    const shared = await accepted(client);
    assert.equal(shared.writableHighWaterMark, 1_000);
    assert.equal(shared.remotePort, client.localPort);
    const asked = nextInput(shared);
    client.write('ping');
    assert.equal(await asked, 'ping');
    const answered = nextInput(client);
    shared.write('pong');
    assert.equal(await answered, 'pong');
    client.destroy();
    await once(shared, 'close');
  });

  it('ends, errs and closes as any socket', async () => {
    const client = connect(port, '127.0.0.1');
    const shared = await accepted(client);
    const ended = once(shared, 'end');
    client.end();
    await ended;
    await once(shared, 'close');
    const second = connect(port, '127.0.0.1');
    const other = await accepted(second);
    const failed = once(other, 'error');
    second.resetAndDestroy();
    const [error] = (await failed) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNRESET');
  });

  /** What `client` and its taker are told, to the close, when its peer answered what it did not read, and is gone. */
  async function toldOfReset(then: (client: Socket) => void): Promise<string> {
    const client = newSharedReadSocket(buffer);
    client.connect({ host: '127.0.0.1', port });
    const shared = await accepted(client);
    const told: string[] = [];
    client.inputTaker = { takeInput: (bytes, length) => void told.push(bytes.toString('latin1', 0, length)) };
    client.on('error', ({ message }) => void told.push(message));
    // All of it in one turn: neither side reads.
    client.write('request');
    shared.write('answer');
    shared.destroy();
    then(client);
    await new Promise(resolve => client.once('close', resolve));
    return told.join();
  }

  it('gives on what came before a reset that a write finds', async () => {
    assert.match(await toldOfReset(client => client.write('more')), /^answer,write E(PIPE|CONNRESET)$/);
  });

  it('gives on nothing of it when it is paused, or ended by us', async () => {
    assert.match(await toldOfReset(client => client.pause().write('more')), /^write E(PIPE|CONNRESET)$/);
    assert.equal(await toldOfReset(client => client.destroy(new Error('ours'))), 'ours');
  });

  it('is counted by the server that accepted it', async () => {
    const own = createServer();
    own.listen(0, '127.0.0.1');
    await once(own, 'listening');
    const client = connect((own.address() as AddressInfo).port, '127.0.0.1');
    const [socket] = (await once(own, 'connection')) as [Socket];
    assert.ok(shareReads(socket, buffer));
    let isClosed = false;
    own.close(() => {
      isClosed = true;
    });
    const asked = nextInput(socket as SharedReadSocket);
    client.write('ping');
    assert.equal(await asked, 'ping');
    assert.equal(isClosed, false, 'its connection is open');
    client.destroy();
    await once(own, 'close');
    assert.ok(socket.destroyed);
  });

  it('leaves a socket alone that has no connection to read', () => {
    const socket = new Socket();
    assert.equal(shareReads(socket, buffer), false);
    assert.equal(sharesReads(socket), false);
  });
});
