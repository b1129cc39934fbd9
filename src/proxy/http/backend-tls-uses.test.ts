// SPDX-License-Identifier: Apache-2.0

/** What goes to endpoints in TLS besides plain requests: calls, upgrades, copies, further tries. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type Metadata, Server, ServerCredentials, type ServiceError, status as Status } from '@grpc/grpc-js';
import type { BackendTls } from '../../snapshot/index.ts';
import { until } from '../../time/until.test-support.ts';
import { acceptOf } from '../../wire/index.ts';
import { Authority, tlsTo } from '../upstream/authority.test-support.ts';
import {
  backend,
  httpListener,
  listener,
  rule,
  SHAPES,
  shapesClient,
  TestGateway,
  unary,
} from './gateway.test-support.ts';
import { HttpClient, HttpServer } from './http-peers.test-support.ts';
import { ask } from './tunnel-peers.test-support.ts';

const HOST = 'abc.example.com';
const OURS = await Authority.create('ours');
const PAIR = await OURS.issue({ dns: [HOST] });
const FOREIGN = await (await Authority.create('others')).issue({ dns: [HOST] });

describe('in TLS to endpoints', () => {
  let gateway: TestGateway;
  const cleanups: (() => void)[] = [];

  before(() => {
    gateway = new TestGateway();
    cleanups.push(() => gateway.close());
  });
  after(() => {
    for (const cleanup of cleanups.reverse()) cleanup();
  });

  it('go gRPC calls; one to an endpoint that is another fails, with the reason', async () => {
    const server = new Server();
    server.addService(SHAPES, {
      Unary: (call: { request: Buffer }, done: (error: null, reply: Buffer) => void) => done(null, call.request),
    });
    const pairs = [{ cert_chain: Buffer.from(PAIR.cert), private_key: Buffer.from(PAIR.key) }];
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createSsl(null, pairs), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    cleanups.push(() => server.forceShutdown());
    const apply = (tls: BackendTls): Promise<void> =>
      gateway.apply({
        listeners: [listener('all', [rule('all', [backend('main')])])],
        clusters: { main: [port] },
        clusterChanges: { tls },
        trustBundles: [OURS.bundle],
      });
    await apply(tlsTo(HOST, OURS));
    const client = shapesClient(gateway.port);
    cleanups.push(() => client.close());
    assert.equal(String(await unary(client, Buffer.from('hello'))), 'hello');
    await apply(tlsTo('wrong.example.com', OURS));
    await assert.rejects(unary(client, Buffer.from('hello')), (error: ServiceError & { metadata: Metadata }) => {
      assert.equal(error.code, Status.UNAVAILABLE);
      assert.match(error.details, /no TLS with the backend: its certificate is for other names/);
      return true;
    });
  });

  it('go WebSockets', async () => {
    const server = createHttps(PAIR);
    server.on('upgrade', (request, socket) => {
      const accept = acceptOf(String(request.headers['sec-websocket-key']));
      socket.on('error', () => {});
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      socket.pipe(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => server.close());
    await gateway.apply({
      listeners: [httpListener('all', { '/': 'main' })],
      clusters: { main: [(server.address() as AddressInfo).port] },
      clusterChanges: { protocol: 'h1', tls: tlsTo(HOST, OURS) },
      trustBundles: [OURS.bundle],
    });
    const granted = await ask('HTTP/1.1', gateway.port, { path: '/' }, cleanups);
    assert.equal(granted.status, 101);
    granted.bytes.write('echo me');
    assert.equal(String(await granted.bytes.take(7)), 'echo me');
    granted.bytes.duplex.destroy();
  });

  it('go copies for mirrors', async () => {
    const copies: (string | undefined)[] = [];
    const servers = await Promise.all([
      HttpServer.start('HTTP/1.1', (_request, response) => void response.end('answer'), PAIR),
      HttpServer.start(
        'HTTP/1.1',
        (request, response) => {
          copies.push(request.url);
          response.end();
        },
        PAIR,
      ),
    ]);
    for (const server of servers) cleanups.push(() => server.close());
    const share = { numerator: 1, denominator: 1 };
    await gateway.apply({
      listeners: [
        httpListener('all', { '/': 'main' }, { filters: [{ kind: 'mirror', target: { cluster: 'copy' }, share }] }),
      ],
      clusters: { main: [servers[0].port], copy: [servers[1].port] },
      clusterChanges: { protocol: 'h1', tls: tlsTo(HOST, OURS) },
      trustBundles: [OURS.bundle],
    });
    const client = new HttpClient('HTTP/1.1', gateway.port);
    cleanups.push(() => client.close());
    assert.equal((await client.ask({ method: 'GET', path: '/copied' })).body, 'answer');
    await until(() => copies.length > 0);
    assert.deepEqual(copies, ['/copied']);
  });

  it('goes a request to the next endpoint when one is not who it should be', async () => {
    const good = await HttpServer.start('HTTP/1.1', (_request, response) => void response.end('good'), PAIR);
    const bad = await HttpServer.start('HTTP/1.1', (_request, response) => void response.end('bad'), FOREIGN);
    cleanups.push(
      () => good.close(),
      () => bad.close(),
    );
    await gateway.apply({
      listeners: [httpListener('all', { '/': 'both' })],
      clusters: { both: [good.port, bad.port] },
      clusterChanges: { protocol: 'h1', tls: tlsTo(HOST, OURS) },
      trustBundles: [OURS.bundle],
    });
    const client = new HttpClient('HTTP/1.1', gateway.port);
    cleanups.push(() => client.close());
    for (let i = 0; i < 10; i += 1) {
      const { status, body } = await client.ask({ method: 'GET', path: '/' });
      assert.deepEqual([status, body], [200, 'good']);
    }
    assert.ok(gateway.metric('daemun_upstream_tls_handshakes_total', { cluster: 'both', result: 'failed' }) > 0);
  });
});
