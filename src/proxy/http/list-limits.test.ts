// SPDX-License-Identifier: Apache-2.0

/** Header lists that a peer says that it does not take: they are not sent, and the connection that others share is left alone. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import { backend, httpListener, listener, rule, shapesClient, TestGateway, unary } from './gateway.test-support.ts';

const LIMIT = 2_000;
const GRPC = { ':method': 'POST', ':path': '/s.S/M', 'content-type': 'application/grpc', te: 'trailers' };

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

/** A server that takes lists of 2,000 bytes and, as some do, ends the connection for larger ones. */
async function startServer(): Promise<{ port: number; asked: IncomingHttpHeaders[] }> {
  const asked: IncomingHttpHeaders[] = [];
  const server = createServer({ settings: { maxHeaderListSize: LIMIT } });
  server.on('session', session => void cleanups.push(() => session.destroy()));
  server.on('stream', (stream, headers) => {
    asked.push(headers);
    stream.on('error', () => {});
    if (JSON.stringify(headers).length > LIMIT) stream.session?.destroy();
    else if (headers[':path'] !== '/waits') stream.respond({ ':status': 200 }, { endStream: true });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => void server.close());
  return { port: (server.address() as AddressInfo).port, asked };
}

async function clientOf(gateway: TestGateway): Promise<ClientHttp2Session> {
  const client = connect(`http://127.0.0.1:${gateway.port}`);
  cleanups.push(() => client.destroy());
  await once(client, 'connect');
  return client;
}

async function gatewayTo(kind: 'grpc' | 'http', port: number): Promise<TestGateway> {
  const gateway = new TestGateway();
  cleanups.push(() => gateway.close());
  const listeners = [
    kind === 'grpc' ? listener('grpc', [rule('all', [backend('main')])]) : httpListener('http', { '/': 'main' }),
  ];
  await gateway.apply({ listeners, clusters: { main: [port] }, clusterChanges: { protocol: 'h2' } });
  return gateway;
}

async function answerTo(client: ClientHttp2Session, headers: Record<string, string>): Promise<IncomingHttpHeaders> {
  const stream = client.request(headers, { endStream: true });
  const [head] = await once(stream, 'response');
  stream.resume();
  return head;
}

describe('a request that is larger than its endpoint says that it takes', () => {
  it('is answered with 431, and harms no other on the connection', async () => {
    const server = await startServer();
    const gateway = await gatewayTo('http', server.port);
    const client = await clientOf(gateway);
    const waiting = client.request({ ':path': '/waits' });
    let isBroken = false;
    waiting.on('response', () => (isBroken = true)).on('close', () => (isBroken = true));
    while (!server.asked.some(headers => headers[':path'] === '/waits')) await answerTo(client, { ':path': '/small' });
    for (const [bytes, status] of [
      [3_000, 431],
      [1_000, 200],
      [60_000, 431],
      [10, 200],
    ] as const) {
      const head = await answerTo(client, { ':path': '/x', 'x-much': 'm'.repeat(bytes) });
      assert.equal(head[':status'], status, `${bytes} bytes`);
    }
    assert.equal(gateway.metric('daemun_request_failures_total', { reason: 'endpoint_header_limit' }), 2);
    assert.equal(isBroken, false, 'a call beside them goes on');
    assert.equal(gateway.metric('daemun_upstream_connections'), 1);
  });

  it('is told so in the words of gRPC', async () => {
    const server = await startServer();
    const gateway = await gatewayTo('grpc', server.port);
    const head = await answerTo(await clientOf(gateway), { ...GRPC, 'x-much': 'm'.repeat(3_000) });
    assert.deepEqual([head[':status'], head['grpc-status']], [200, '8']);
    assert.match(String(head['grpc-message']), /larger than the backend says/);
    assert.equal(server.asked.length, 0);
  });
});

describe('a call with more metadata than the gateway takes', () => {
  it('is refused as grpc-js knows it, which sends its content-type last', async () => {
    const gateway = await gatewayTo('grpc', 1);
    const client = shapesClient(gateway.port);
    cleanups.push(() => client.close());
    const metadata = new Metadata();
    for (let at = 0; at < 300; at++) metadata.add(`x-${at}`, 'v');
    const details = 'the request headers are larger than the gateway allows';
    await assert.rejects(unary(client, Buffer.from('a'), metadata), { code: 8, details });
    assert.equal(gateway.metric('daemun_request_failures_total', { reason: 'header_limit' }), 1);
  });
});

describe('the end of a call that is larger than its client says that it takes', () => {
  const LEFT_OUT = 'the message and the details of this status are larger than the client says that it takes';
  const short = { 'grpc-status': '3', 'grpc-message': 'no' };

  /** What the client gets of trailers, in the head or behind it. */
  async function endOf(maxHeaderListSize: number | undefined, trailers: OutgoingHttpHeaders, isOnly: boolean) {
    const server = createServer();
    server.on('session', session => void cleanups.push(() => session.destroy()));
    server.on('stream', stream => {
      const head = { ':status': 200, 'content-type': 'application/grpc' };
      if (isOnly) stream.respond({ ...head, ...trailers }, { endStream: true });
      else stream.respond(head, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers(trailers));
      if (!isOnly) stream.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => void server.close());
    const gateway = await gatewayTo('grpc', (server.address() as AddressInfo).port);
    const settings = maxHeaderListSize === undefined ? {} : { maxHeaderListSize };
    const client = connect(`http://127.0.0.1:${gateway.port}`, { settings });
    cleanups.push(() => client.destroy());
    const stream = client.request(GRPC, { endStream: true }).resume();
    const [[seen]] = await Promise.all([once(stream, isOnly ? 'response' : 'trailers'), once(stream, 'close')]);
    return [seen['grpc-status'], seen['grpc-message'], seen['grpc-status-details-bin']?.length, seen['x-more']];
  }

  for (const isOnly of [false, true]) {
    describe(isOnly ? 'without a body' : 'behind a body', () => {
      it('says the status, and its message if that is not too large itself', async () => {
        const details = { ...short, 'grpc-status-details-bin': 'A'.repeat(9_000), 'x-more': '1' };
        assert.deepEqual(await endOf(LIMIT, details, isOnly), ['3', 'no', undefined, undefined]);
        const message = { ...short, 'grpc-message': 'm'.repeat(9_000) };
        assert.deepEqual(await endOf(LIMIT, message, isOnly), ['3', LEFT_OUT, undefined, undefined]);
      });

      it('passes as it is to one that takes it, or does not say', async () => {
        const details = { ...short, 'grpc-status-details-bin': 'A'.repeat(1_000), 'x-more': '1' };
        for (const limit of [undefined, LIMIT, 100_000])
          assert.deepEqual(await endOf(limit, details, isOnly), ['3', 'no', 1_000, '1']);
      });
    });
  }
});
