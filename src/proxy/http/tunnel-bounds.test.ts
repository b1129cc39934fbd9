// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connect2, constants } from 'node:http2';
import { type AddressInfo, connect, createServer as createTcp, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { until } from '../../time/until.test-support.ts';
import { httpListener, TestGateway } from './gateway.test-support.ts';
import { ask, Bytes, KEY, startHttp2, TunnelBackend, VERSIONS } from './tunnel-peers.test-support.ts';

const MIB = 1_048_576;
const LARGE = 32 * MIB;
const QUIET_TURNS = 500;

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function gatewayTo(port: number, protocol: 'h1' | 'h2' = 'h1', maxConnections = 10_000): Promise<TestGateway> {
  const gateway = new TestGateway({ maxConnections, accessLog: true });
  cleanups.push(() => gateway.close());
  await gateway.apply({
    listeners: [httpListener('http', { '/': 'main' })],
    clusters: { main: [port] },
    clusterChanges: { protocol },
  });
  return gateway;
}

async function startBackend(): Promise<TunnelBackend> {
  const backend = await TunnelBackend.start();
  cleanups.push(() => backend.close());
  return backend;
}

/** Speaks HTTP/2, and grants each WebSocket if it offers extended CONNECT; what it is sent comes back. */
function startEcho2(enableConnectProtocol: boolean): Promise<number> {
  return startHttp2({ enableConnectProtocol }, cleanups, (stream, headers) => {
    if (headers[':method'] !== 'CONNECT') {
      stream.respond({ ':status': 200 }, { endStream: true });
      return;
    }
    const { ':protocol': protocol, ':path': path, 'sec-websocket-key': key } = headers;
    stream.respond({ ':status': 200, 'x-asked': `${protocol} ${path} ${key}` });
    stream.pipe(stream);
  });
}

const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

for (const version of VERSIONS) {
  describe(`upgrades over ${version}, to an endpoint that speaks HTTP/2`, () => {
    it('are extended CONNECT to it, with a proof for the client', async () => {
      const gateway = await gatewayTo(await startEcho2(true), 'h2');
      const client = await ask(version, gateway.port, { path: '/chat' }, cleanups);
      assert.equal(client.headers['x-asked'], 'websocket /chat undefined');
      const accept = client.headers['sec-websocket-accept'];
      assert.deepEqual(
        [client.status, accept],
        version === 'HTTP/2' ? [200, undefined] : [101, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
      );
      client.bytes.duplex.end('there and back');
      assert.equal((await client.bytes.rest()).toString(), 'there and back');
    });

    it('count as nothing among connections, as they share one', async () => {
      const gateway = await gatewayTo(await startEcho2(true), 'h2', 8);
      for (let count = 0; count < 7; count++) {
        assert.ok((await ask(version, gateway.port, {}, cleanups)).status < 300);
      }
      assert.equal(gateway.metric('daemun_downstream_tunnels'), 7);
    });

    it('are refused where it does not offer that, and the endpoint is none the worse', async () => {
      const gateway = await gatewayTo(await startEcho2(false), 'h2');
      for (let count = 0; count < 8; count++) {
        const client = await ask(version, gateway.port, {}, cleanups);
        assert.equal(client.status, 501);
      }
      assert.equal(gateway.metric('daemun_request_failures_total', { reason: 'upgrade_not_taken' }), 8);
      assert.equal(gateway.metric('daemun_upstream_ejections_total'), 0);
      const plain = await fetch(`http://127.0.0.1:${gateway.port}/`);
      assert.equal(plain.status, 200);
    });
  });

  describe(`the bounds of upgrades over ${version}`, () => {
    it('cost no more than what may wait when a side never reads, and harm no neighbour', async () => {
      const backend = await startBackend();
      const gateway = await gatewayTo(backend.port);
      const stuck = await ask(version, gateway.port, {}, cleanups);
      const { bytes: endpoint } = await backend.upgraded();
      stuck.bytes.duplex.pause();
      const socket = endpoint.duplex as Socket;
      for (let sent = 0; sent < LARGE; sent += MIB) endpoint.write(Buffer.alloc(MIB));
      // Until nothing moves any more: windows, kernel buffers and pipe are full.
      for (let left = LARGE, turns = 0; turns < QUIET_TURNS; turns++) {
        if (socket.writableLength !== left) turns = 0;
        left = socket.writableLength;
        await settled();
      }
      assert.ok(socket.writableLength > LARGE / 2, 'the gateway takes as much as comes');
      const other = await ask(version, gateway.port, {}, cleanups);
      const { bytes } = await backend.upgraded(1);
      bytes.write('alive');
      assert.equal((await other.bytes.take(5)).toString(), 'alive');
      stuck.bytes.duplex.resume();
      endpoint.duplex.end();
      assert.equal((await stuck.bytes.rest()).length, LARGE);
    });

    it('are not those of the connections that requests share', async () => {
      const backend = await startBackend();
      const gateway = await gatewayTo(backend.port);
      const opened = 150;
      for (let count = 0; count < opened; count++) {
        assert.ok((await ask(version, gateway.port, {}, cleanups)).status < 300);
      }
      assert.equal(gateway.metric('daemun_downstream_tunnels'), opened);
      assert.ok(gateway.metric('daemun_upstream_connections') >= opened);
      assert.equal(await (await fetch(`http://127.0.0.1:${gateway.port}/`)).text(), 'GET');
    });

    it('are the cap of connections, of which each takes one more', async () => {
      const backend = await startBackend();
      const gateway = await gatewayTo(backend.port, 'h1', 11);
      const statuses: number[] = [];
      for (let count = 0; count < 6; count++) statuses.push((await ask(version, gateway.port, {}, cleanups)).status);
      assert.deepEqual(
        statuses.map(status => status < 300),
        [true, true, true, true, true, false],
      );
    });
  });
}

describe('what only looks like an upgrade', () => {
  const HEAD = 'GET / HTTP/1.1\r\nHost: a.test\r\n';
  const WEBSOCKET = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ${KEY}\r\n`;
  const NEXT = `${HEAD}Connection: close\r\n\r\n`;

  const plain: readonly (readonly [string, string, number])[] = [
    ['a body', `${HEAD}${WEBSOCKET}Content-Length: 5\r\n\r\nhello`, 2],
    ['a chunked body', `${HEAD}${WEBSOCKET}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 2],
    ['two protocols', `${HEAD}${WEBSOCKET}Upgrade: h2c\r\n\r\n`, 2],
    ['HTTP/2 as its protocol', `${HEAD}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`, 2],
    ['no word of Connection', `${HEAD}${WEBSOCKET.replace('Connection: Upgrade', 'X: y')}\r\n`, 2],
    ['HTTP/1.0', `${HEAD.replace('1.1', '1.0')}${WEBSOCKET}\r\n`, 1],
  ];
  for (const [what, bytes, answers] of plain) {
    it(`is a request like any other with ${what}, and so is what follows`, async () => {
      const backend = await startBackend();
      const gateway = await gatewayTo(backend.port);
      const socket = connect(gateway.port, '127.0.0.1');
      cleanups.push(() => socket.destroy());
      const received = new Bytes(socket);
      socket.write(bytes + NEXT);
      const text = (await received.rest()).toString();
      assert.equal(text.match(/HTTP\/1\.1 200/g)?.length, answers);
      assert.equal(backend.upgrades.length, 0);
      assert.ok(backend.requests.every(({ headers }) => headers.upgrade === undefined));
    });
  }

  it('is none over HTTP/2 with trailers, and nothing of it is left', async () => {
    const backend = await startBackend();
    const gateway = await gatewayTo(backend.port);
    const session = connect2(`http://127.0.0.1:${gateway.port}`);
    cleanups.push(() => session.destroy());
    await once(session, 'remoteSettings');
    const head = { ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/', ':scheme': 'http', ':authority': 'a' };
    const stream = session.request(head, { endStream: false, waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-end': 'yes' }));
    stream.end();
    await assert.rejects(once(stream, 'response'), { code: 'ERR_HTTP2_STREAM_ERROR' });
    assert.equal(stream.rstCode, constants.NGHTTP2_PROTOCOL_ERROR);
    await until(() => gateway.metric('daemun_downstream_requests_active') === 0);
    assert.equal(gateway.metric('daemun_downstream_tunnels'), 0);
  });

  it('is no grant when nobody asked', async () => {
    const sockets: Socket[] = [];
    const server = createTcp(socket => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    const gateway = await gatewayTo((server.address() as AddressInfo).port);
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/`);
    assert.ok(answer.status === 502 || answer.status === 503);
  });
});
