// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  Agent,
  createServer as createHttp1,
  type IncomingMessage,
  request as request1,
  type ServerResponse,
} from 'node:http';
import { connect as connect2, createServer as createHttp2, type Http2ServerRequest } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { backend, httpListener, listener, rule, TestGateway } from './gateway.test-support.ts';

/** What a client got. */
interface Outcome {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly interim: readonly number[];
  readonly body: string;
  readonly trailers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly trailers?: Readonly<Record<string, string>>;
}

type Version = 'HTTP/1.1' | 'HTTP/2';
const VERSIONS: readonly Version[] = ['HTTP/1.1', 'HTTP/2'];
const FIELDS = { 'content-type': 'application/grpc', te: 'trailers' };
const LARGE = 'large '.repeat(50_000);

/** Echoes the body; `/early` is announced by an interim response, `/none` is answered with 204, HEAD with a length alone. Trailers come back with a prefix. */
async function answer(request: IncomingMessage | Http2ServerRequest, response: ServerResponse): Promise<void> {
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

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function ask1(port: number, agent: Agent, asked: Asked): Promise<Outcome> {
  const { method = 'POST', path, headers = {}, body = '', trailers } = asked;
  const request = request1({ port, host: '127.0.0.1', agent, method, path, headers: { ...FIELDS, ...headers } });
  const interim: number[] = [];
  request.on('information', ({ statusCode }) => interim.push(statusCode));
  if (trailers !== undefined) {
    request.setHeader('transfer-encoding', 'chunked');
    request.setHeader('trailer', Object.keys(trailers).join());
    request.addTrailers(trailers);
  }
  if (method === 'HEAD') request.end();
  else request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const received = await text(response);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    interim,
    body: received,
    trailers: response.trailers,
  };
}

async function ask2(session: ReturnType<typeof connect2>, asked: Asked): Promise<Outcome> {
  const { method = 'POST', path, headers = {}, body = '', trailers } = asked;
  const options = { waitForTrailers: trailers !== undefined, endStream: method === 'HEAD' };
  const stream = session.request({ ':method': method, ':path': path, ...FIELDS, ...headers }, options);
  stream.on('wantTrailers', () => stream.sendTrailers(trailers ?? {}));
  const interim: number[] = [];
  let received: Record<string, string | readonly string[] | undefined> = {};
  stream.on('headers', fields => interim.push(Number(fields[':status'])));
  stream.on('trailers', fields => {
    received = fields as typeof received;
  });
  if (method !== 'HEAD') stream.end(body);
  const [fields] = await once(stream, 'response');
  return { status: fields[':status'], headers: fields, interim, body: await text(stream), trailers: received };
}

describe('versions of HTTP', () => {
  const http1 = createHttp1((request, response) => void answer(request, response));
  const http2 = createHttp2((request, response) => void answer(request, response as unknown as ServerResponse));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let connections = 0;
  http1.on('connection', () => connections++);
  const ports: Record<Version, number> = { 'HTTP/1.1': 0, 'HTTP/2': 0 };

  before(async () => {
    ports['HTTP/1.1'] = await listening(http1);
    ports['HTTP/2'] = await listening(http2);
  });

  after(() => {
    agent.destroy();
    http1.close();
    http1.closeAllConnections();
    http2.close();
  });

  for (const client of VERSIONS) {
    for (const server of VERSIONS) {
      describe(`${client} to ${server}`, () => {
        let gateway: TestGateway;
        let session: ReturnType<typeof connect2> | null = null;

        before(async () => {
          gateway = new TestGateway();
          const calls = listener('all', [rule('all', [backend('main')])]);
          const others = httpListener('all', { '/': 'main' });
          const entries = [calls, others].flatMap(({ virtualHosts }) => virtualHosts.flatMap(host => host.entries));
          await gateway.apply({
            listeners: [listener('all', [], { virtualHosts: [{ hostname: '*', entries }] })],
            clusters: { main: [ports[server]] },
            clusterChanges: { protocol: server === 'HTTP/2' ? 'h2c' : 'h1' },
          });
          if (client === 'HTTP/2') session = connect2(`http://127.0.0.1:${gateway.port}`);
        });

        after(() => {
          session?.destroy();
          gateway.close();
        });

        function ask(asked: Asked): Promise<Outcome> {
          return session === null ? ask1(gateway.port, agent, asked) : ask2(session, asked);
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
    const gateway = new TestGateway();
    await gateway.apply({
      listeners: [listener('all', [rule('all', [backend('main')])])],
      clusters: { main: [ports['HTTP/1.1']] },
      clusterChanges: { protocol: 'h1' },
    });
    const before = connections;
    for (let count = 0; count < 5; count++) {
      assert.equal((await ask1(gateway.port, agent, { path: '/test.Shapes/x', body: 'b' })).status, 200);
    }
    assert.ok(connections - before <= 2);
    gateway.close();
  });
});
