// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect as connect2, constants } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ExternalAuth } from '../../snapshot/index.ts';
import { SocketLoop } from '../io/index.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import {
  askingListener,
  CLIENTS,
  type Echoed,
  echoServer,
  GRPC_AUTH,
  type GrpcAuthServer,
  grpcAuthServer,
  HTTP_AUTH,
  httpAuthServer,
  type Judge,
} from './external-auth.test-support.ts';
import { TestGateway } from './gateway.test-support.ts';

const GRPC_HEADERS = { 'content-type': 'application/grpc', te: 'trailers' };

describe('an authorization server that gives no answer', () => {
  const clock = new VirtualClock();
  let loop: SocketLoop;
  let gateway: TestGateway;
  let endpoint: Awaited<ReturnType<typeof echoServer>>;
  const closers: (() => void)[] = [];

  beforeEach(async () => {
    loop = new SocketLoop(() => clock.nowMs());
    gateway = new TestGateway({ accessLog: true }, loop);
    endpoint = await echoServer('h1');
    closers.push(endpoint.close);
  });
  afterEach(() => {
    gateway.close();
    for (const close of closers.splice(0)) close();
  });

  async function start(auth: ExternalAuth, ports: readonly number[], timeoutMs: number | null = null): Promise<void> {
    await gateway.apply({
      listeners: [askingListener(auth, timeoutMs)],
      clusters: { a: [endpoint.port], auth: ports },
      protocols: { a: 'h1', auth: auth.kind === 'grpc' ? 'h2' : 'h1' },
    });
  }

  async function judging(judge: Judge): Promise<GrpcAuthServer> {
    const server = await grpcAuthServer(judge);
    closers.push(server.close);
    return server;
  }

  for (const [version, ask] of CLIENTS) {
    it(`lets nothing pass by ${version} when it cannot be reached`, async () => {
      const gone = await judging(() => ({}));
      gone.close();
      await start(GRPC_AUTH, [gone.port]);
      const answer = await ask(gateway.port);
      assert.equal(answer.status, 503);
      assert.match(answer.text, /^the authorization server cannot be asked: /);
      const call = await ask(gateway.port, { method: 'POST', path: '/a.B/C', headers: GRPC_HEADERS });
      assert.equal(call.headers['grpc-status'], '14');
      await start(HTTP_AUTH, []);
      assert.equal((await ask(gateway.port)).status, 503);
      assert.equal(endpoint.calls, 0);
      assert.equal(gateway.metric('daemun_external_auth_checks_total', { outcome: 'failed' }), 3);
      assert.equal(gateway.metric('daemun_request_failures_total', { reason: 'auth_failed', source: 'upstream' }), 3);
    });

    it(`lets nothing pass by ${version} when it is silent, and is told to stop`, async () => {
      const silent = await judging(() => undefined);
      await start(GRPC_AUTH, [silent.port]);
      const answered = ask(gateway.port);
      await once(silent.events, 'asked');
      const stopped = once(silent.events, 'cancelled');
      clock.advance(10_000);
      loop.deadlines.advance(clock.nowMs());
      const { status, text: said } = await answered;
      assert.deepEqual([status, said], [503, 'the authorization server did not answer within 10 s\n']);
      await stopped;
      assert.equal(endpoint.calls, 0);
    });
  }

  it('is not waited for longer than the route allows', async () => {
    const silent = await judging(() => undefined);
    await start(GRPC_AUTH, [silent.port], 500);
    const [[, ask]] = CLIENTS as [(typeof CLIENTS)[number]];
    const answered = ask(gateway.port);
    await once(silent.events, 'asked');
    const stopped = once(silent.events, 'cancelled');
    clock.advance(500);
    loop.deadlines.advance(clock.nowMs());
    assert.equal((await answered).status, 504);
    await stopped;
    assert.equal(gateway.metric('daemun_external_auth_checks_total', { outcome: 'cancelled' }), 1);
  });

  const leavers: readonly (readonly [version: string, leave: (port: number) => () => void])[] = [
    [
      'HTTP/1.1',
      port => {
        const client = connect(port, '127.0.0.1');
        client.write('GET / HTTP/1.1\r\nhost: a.test\r\n\r\n');
        return () => client.resetAndDestroy();
      },
    ],
    [
      'HTTP/2',
      port => {
        const session = connect2(`http://127.0.0.1:${port}`);
        closers.push(() => session.destroy());
        const stream = session.request({ ':path': '/' });
        return () => stream.close(constants.NGHTTP2_CANCEL);
      },
    ],
  ];
  for (const [version, come] of leavers) {
    it(`has its question taken back when a client by ${version} leaves`, async () => {
      const silent = await judging(() => undefined);
      await start(GRPC_AUTH, [silent.port]);
      const leave = come(gateway.port);
      await once(silent.events, 'asked');
      const stopped = once(silent.events, 'cancelled');
      // A stream younger than this is not reset: the answer may be on its way.
      clock.advance(1_000);
      leave();
      await stopped;
      assert.equal(gateway.metric('daemun_external_auth_checks_total', { outcome: 'cancelled' }), 1);
      assert.equal(endpoint.calls, 0);
    });
  }

  it('is still asked for a client of HTTP/1.1 that ended its own side, and goes on to read the answer', async () => {
    const held: ServerResponse[] = [];
    const asked = new EventEmitter();
    const server = await httpAuthServer((_request, _body, response) => {
      if (held.length > 0) response.end();
      else asked.emit('first', held.push(response));
    });
    closers.push(server.close);
    await start(HTTP_AUTH, [server.port]);
    const isAsked = once(asked, 'first');
    const client = connect(gateway.port, '127.0.0.1');
    closers.push(() => client.destroy());
    client.end('GET / HTTP/1.1\r\nhost: a.test\r\n\r\n');
    const received = text(client);
    await isAsked;
    // By the time that another was served, the end of the first was read.
    const [[, ask]] = CLIENTS as [(typeof CLIENTS)[number]];
    assert.equal((await ask(gateway.port)).status, 200);
    held[0]?.end();
    assert.match(await received, /^HTTP\/1\.1 200 /);
    assert.equal(gateway.metric('daemun_external_auth_checks_total', { outcome: 'allowed' }), 2);
  });

  it('is asked on one connection by all', async () => {
    const server = await judging(() => ({ status: { code: 0 } }));
    await start(GRPC_AUTH, [server.port]);
    const [, [, ask]] = CLIENTS as [unknown, (typeof CLIENTS)[number]];
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(gateway.port)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 50);
    assert.equal(server.connections(), 1);
  });

  it('is asked again when it ended a kept connection at that moment', async () => {
    let asked = 0;
    const server = await httpAuthServer((_request, _body, response) => {
      asked++;
      if (asked === 2) response.destroy();
      else response.end();
    });
    closers.push(server.close);
    await start(HTTP_AUTH, [server.port]);
    const [[, ask]] = CLIENTS as [(typeof CLIENTS)[number]];
    assert.equal((await ask(gateway.port)).status, 200);
    assert.equal((await ask(gateway.port)).status, 200);
    assert.equal(asked, 3);
  });

  it('may be one that says more than is read', async () => {
    const server = await httpAuthServer((_request, _body, response) => response.end(Buffer.alloc(100_000)));
    closers.push(server.close);
    await start(HTTP_AUTH, [server.port]);
    const [[, ask]] = CLIENTS as [(typeof CLIENTS)[number]];
    const { status, text: said } = await ask(gateway.port);
    assert.deepEqual([status, said], [503, 'the authorization server answered with more than 65536 bytes\n']);
  });

  it('is told the body of a client that waits to be asked for it', async () => {
    const bodies: string[] = [];
    const server = await judging(({ http }) => {
      bodies.push(http.body);
      return {};
    });
    await start({ ...GRPC_AUTH, maxBodyBytes: 100 }, [server.port]);
    const client: Socket = connect(gateway.port, '127.0.0.1');
    closers.push(() => client.destroy());
    client.write('PUT / HTTP/1.1\r\nhost: a.test\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n');
    const [interim] = await once(client, 'data');
    assert.match(String(interim), /^HTTP\/1\.1 100 /);
    client.write('body');
    let got = '';
    for await (const part of client) {
      got += String(part);
      if (got.includes('}')) break;
    }
    assert.deepEqual(bodies, ['body']);
    assert.equal((JSON.parse(got.slice(got.indexOf('{'), got.lastIndexOf('}') + 1)) as Echoed).body, 'body');
  });

  it('is not asked, nor is a client that waits to be asked for its body, when that says it is too long', async () => {
    let asked = 0;
    const server = await judging(() => {
      asked++;
      return {};
    });
    await start({ ...GRPC_AUTH, maxBodyBytes: 100 }, [server.port]);
    const client: Socket = connect(gateway.port, '127.0.0.1');
    closers.push(() => client.destroy());
    client.write('PUT / HTTP/1.1\r\nhost: a.test\r\nexpect: 100-continue\r\ncontent-length: 101\r\n\r\n');
    const [answer] = await once(client, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 413 /);
    assert.equal(asked, 0);
    assert.equal(gateway.metric('daemun_request_failures_total', { reason: 'auth_body_limit' }), 1);
  });

  it('is asked of a body that is as long as it may be', async () => {
    const server = await judging(() => ({}));
    await start({ ...GRPC_AUTH, maxBodyBytes: 4 }, [server.port]);
    const client: Socket = connect(gateway.port, '127.0.0.1');
    closers.push(() => client.destroy());
    client.write('PUT / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 4\r\n\r\nbody');
    const [answer] = await once(client, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 200 /);
  });
});
