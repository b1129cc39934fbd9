// SPDX-License-Identifier: Apache-2.0

/** Clients that begin TLS handshakes and do not go on. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { listener, snapshot, TestGateway } from '../http/gateway.test-support.ts';
import { certificate } from './certificate.test-support.ts';

const CERTIFICATE = await certificate('a', ['a.example.com']);

/** A ClientHello of Node's. */
async function clientHello(): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  const client = connectTls({ port, host: '127.0.0.1', servername: 'a.example.com' }).on('error', () => {});
  const [socket] = (await once(server, 'connection')) as [Socket];
  const [hello] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  return hello;
}

describe('handshakes that wait for their clients', () => {
  let gateway: TestGateway;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    gateway = new TestGateway({ maxHandshakes: 2 });
    const tls = { certificates: ['a'], clients: null };
    const made = snapshot({ listeners: [listener('t', [], { tls })], clusters: {}, certificates: [CERTIFICATE] });
    const [first] = made.bindings;
    assert.ok(first);
    const bindings = [first, { ...first, id: 'test/tcp-2', listeners: [listener('u', [], { tls })] }];
    assert.equal((await gateway.runtime.apply({ ...made, bindings })).size, 0);
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    gateway.close();
  });

  /** Resolves when the gateway has answered. */
  async function hold(port: number, hello: Buffer): Promise<Socket> {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    sockets.push(socket);
    socket.write(hello);
    await once(socket, 'data');
    return socket;
  }

  it('are so many in a worker, whatever the ports: the one that waits longest goes', async () => {
    const hello = await clientHello();
    const [here, there] = gateway.runtime.dump().bindings.map(({ port }) => port);
    assert.ok(here !== undefined && there !== undefined);
    const oldest = await hold(here, hello);
    const over = once(oldest, 'close');
    const second = await hold(there, hello);
    await hold(there, hello);
    await over;
    assert.equal(second.destroyed, false);
    assert.equal(gateway.metric('daemun_limit_hits_total', { limit: 'handshakes' }), 1);
  });
});
