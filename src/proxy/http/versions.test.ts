// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { backend, httpListener, listener, rule, TestGateway } from './gateway.test-support.ts';
import { type Asked, HttpClient, HttpServer, type Outcome, VERSIONS } from './http-peers.test-support.ts';

const FIELDS = { 'content-type': 'application/grpc', te: 'trailers' };
const LARGE = 'large '.repeat(50_000);

/** Echoes the body; `/early` is announced by an interim response, `/none` is answered with 204, HEAD with a length alone. Trailers come back with a prefix. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/test.Shapes/early') response.writeEarlyHints({ link: '</style.css>; rel=preload' });
  const body = await text(request);
  response.setHeader('x-version', request.httpVersion);
  response.setHeader('x-cookie', String(request.headers.cookie));
  if (request.url === '/test.Shapes/none') {
    response.statusCode = 204;
    response.end();
    return;
  }
  if (request.method === 'HEAD') {
    response.setHeader('content-length', '5');
    response.end();
    return;
  }
  response.setHeader('trailer', 'x-sum');
  response.writeHead(200);
  if (body !== '') response.write(body);
  response.addTrailers({ 'x-sum': `sum-${request.trailers['x-sum']}` });
  response.end();
}

describe('versions of HTTP', () => {
  for (const client of VERSIONS) {
    for (const server of VERSIONS) {
      describe(`${client} to ${server}`, () => {
        let gateway: TestGateway;
        let peers: { readonly server: HttpServer; readonly client: HttpClient };

        before(async () => {
          gateway = new TestGateway();
          const started = await HttpServer.start(server, (request, response) => void answer(request, response));
          const calls = listener('all', [rule('all', [backend('main')])]);
          const others = httpListener('all', { '/': 'main' });
          const entries = [calls, others].flatMap(({ virtualHosts }) => virtualHosts.flatMap(host => host.entries));
          await gateway.apply({
            listeners: [listener('all', [], { virtualHosts: [{ hostname: '*', entries }] })],
            clusters: { main: [started.port] },
            clusterChanges: { protocol: server === 'HTTP/2' ? 'h2' : 'h1' },
          });
          peers = { server: started, client: new HttpClient(client, gateway.port, FIELDS) };
        });

        after(() => {
          peers.client.close();
          gateway.close();
          peers.server.close();
        });

        function ask(asked: Asked): Promise<Outcome> {
          return peers.client.ask(asked);
        }

        it('passes bodies of known and unknown length both ways', async () => {
          for (const body of ['', 'hello', LARGE]) {
            const known = await ask({
              path: '/test.Shapes/x',
              body,
              headers: { 'content-length': String(body.length) },
            });
            assert.deepEqual([known.status, known.body], [200, body]);
            assert.equal(known.headers['x-version'], server === 'HTTP/2' ? '2.0' : '1.1');
            const unknown = await ask({ path: '/test.Shapes/x', body, trailers: { 'x-sum': '7' } });
            assert.deepEqual([unknown.status, unknown.body], [200, body]);
          }
        });

        it('passes trailers both ways', async () => {
          const outcome = await ask({ path: '/test.Shapes/x', body: 'b', trailers: { 'x-sum': '7' } });
          assert.equal(outcome.trailers['x-sum'], 'sum-7');
        });

        it('passes interim responses', async () => {
          const outcome = await ask({ path: '/test.Shapes/early', body: 'b' });
          assert.deepEqual([outcome.interim, outcome.status, outcome.body], [[103], 200, 'b']);
        });

        it('passes responses without a body', async () => {
          const none = await ask({ path: '/test.Shapes/none' });
          assert.deepEqual([none.status, none.body], [204, '']);
          const head = await ask({ method: 'HEAD', path: '/test.Shapes/x' });
          assert.deepEqual([head.status, head.body], [200, '']);
          assert.equal(head.headers['content-length'], '5');
          const next = await ask({ path: '/test.Shapes/x', body: 'next' });
          assert.equal(next.body, 'next');
        });

        it('passes a cookie as one field', async () => {
          const outcome = await ask({ path: '/test.Shapes/x', headers: { cookie: 'a=1; b=2' } });
          assert.equal(outcome.headers['x-cookie'], 'a=1; b=2');
        });

        it('passes many requests at a time', async () => {
          const bodies = Array.from({ length: 40 }, (_, index) => `body ${index} `.repeat(1 + index * 40));
          const outcomes = await Promise.all(bodies.map(body => ask({ path: '/test.Shapes/x', body })));
          assert.deepEqual(
            outcomes.map(({ body }) => body),
            bodies,
          );
        });
      });
    }
  }

  it('uses a connection to an HTTP/1.1 server again', async () => {
    const server = await HttpServer.start('HTTP/1.1', (request, response) => void answer(request, response));
    const gateway = new TestGateway();
    await gateway.apply({
      listeners: [listener('all', [rule('all', [backend('main')])])],
      clusters: { main: [server.port] },
      clusterChanges: { protocol: 'h1' },
    });
    const client = new HttpClient('HTTP/1.1', gateway.port, FIELDS);
    for (let count = 0; count < 5; count++) {
      assert.equal((await client.ask({ path: '/test.Shapes/x', body: 'b' })).status, 200);
    }
    assert.ok(server.connections <= 2);
    client.close();
    gateway.close();
    server.close();
  });
});
