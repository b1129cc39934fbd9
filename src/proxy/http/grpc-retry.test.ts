// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { status as GrpcCode } from '@grpc/grpc-js';
import type { RetryPolicy, Rule } from '../../snapshot/index.ts';
import { backend, listener, rule, shapesClient, shapesServer, TestGateway, unary } from './gateway.test-support.ts';
import { grpcHead, listOf, type RawAnswer, RawBackend, RawClient } from './raw-peer.test-support.ts';

const POLICY: RetryPolicy = { attempts: 3, httpStatuses: [], grpcStatuses: [8, 14], backoffMs: 1 };
const HEAD = [
  [':status', '200'],
  ['content-type', 'application/grpc'],
] as const;

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** One call through a rule, to an endpoint that gives these answers first. */
async function call(changes: Partial<Rule>, answers: readonly RawAnswer[], timeout?: string) {
  const endpoint = await RawBackend.start();
  endpoint.next.push(...answers);
  const gateway = new TestGateway({});
  await gateway.apply({
    listeners: [listener('grpc', [rule('r', [backend('a')], changes)])],
    clusters: { a: [endpoint.port] },
  });
  const client = await RawClient.open(gateway.port);
  open.push(client, gateway, endpoint);
  const got = await client.call(listOf(grpcHead()), timeout === undefined ? {} : { fields: ['grpc-timeout', timeout] });
  return { got, endpoint, gateway };
}

/** A head that is the whole answer. */
const only = (code: number, ...more: (readonly [string, string])[]): RawAnswer => ({
  head: listOf([...HEAD, ['grpc-status', String(code)], ...more]),
});
/** Head and trailers, with nothing between. */
const apart = (code: number, ...more: (readonly [string, string])[]): RawAnswer => ({
  head: listOf([...HEAD]),
  trailers: listOf([['grpc-status', String(code)], ...more]),
});

describe('retries of gRPC calls', () => {
  for (const [how, answer] of [
    ['in a head that is all', only],
    ['in trailers behind a head', apart],
  ] as const) {
    it(`are made for the listed codes ${how}, and the client sees the last answer alone`, async () => {
      const { got, endpoint, gateway } = await call({ retry: POLICY }, [answer(14), answer(8)]);
      assert.deepEqual([got.status, endpoint.requests.length], ['0', 3]);
      assert.deepEqual(
        endpoint.requests.map(({ all }) => all['grpc-previous-rpc-attempts']),
        [undefined, '1', '2'],
      );
      assert.equal(gateway.metric('daemun_upstream_retries_total', { reason: 'status' }), 2);
    });

    it(`are not made for others ${how}`, async () => {
      const { got, endpoint } = await call({ retry: POLICY }, [answer(13, ['grpc-message', 'broken'])]);
      assert.deepEqual([got.status, got.message, endpoint.requests.length], ['13', 'broken', 1]);
    });

    it(`are not made, or later, when the endpoint says so ${how}`, async () => {
      for (const refusal of ['-1', 'x', '', '9999999']) {
        const { got, endpoint } = await call({ retry: POLICY }, [answer(14, ['grpc-retry-pushback-ms', refusal])]);
        assert.deepEqual([got.status, endpoint.requests.length], ['14', 1]);
      }
      const slow = { ...POLICY, backoffMs: 60_000 };
      const { got, endpoint } = await call({ retry: slow }, [answer(14, ['grpc-retry-pushback-ms', '1'])]);
      assert.deepEqual([got.status, endpoint.requests.length], ['0', 2]);
    });
  }

  it('tell the endpoint what is left of the time', async () => {
    const { endpoint } = await call({ retry: { ...POLICY, backoffMs: 30 } }, [only(14)], '5S');
    const [first, second] = endpoint.requests.map(({ all }) => all['grpc-timeout']);
    assert.equal(first, '5S');
    const leftUs = Number(/^(\d+)u$/.exec(second ?? '')?.[1]);
    assert.ok(leftUs > 0 && leftUs <= 4_970_000, second);
  });

  it('read the status of an answer that is no gRPC as clients do', async () => {
    const proxy: RawAnswer = {
      head: listOf([
        [':status', '503'],
        ['content-type', 'text/html'],
      ]),
    };
    const { got, endpoint } = await call({ retry: POLICY }, [proxy]);
    assert.deepEqual([got.status, endpoint.requests.length], ['0', 2]);
  });

  it('are not made once a message came', async () => {
    const { server, port } = await shapesServer({
      ServerStream: (stream: { write(bytes: Buffer): void; emit(event: 'error', error: unknown): void }) => {
        calls++;
        stream.write(Buffer.from('one'));
        stream.emit('error', { code: GrpcCode.UNAVAILABLE, details: 'gone' });
      },
    });
    let calls = 0;
    const { client } = await before(port);
    open.push({ close: () => server.forceShutdown() });
    const messages: string[] = [];
    const code = await new Promise(resolve => {
      const stream = client['ServerStream'](Buffer.from('x'));
      stream.on('data', (bytes: Buffer) => messages.push(bytes.toString()));
      stream.on('error', (error: { code: number }) => resolve(error.code));
    });
    assert.deepEqual([code, messages, calls], [GrpcCode.UNAVAILABLE, ['one'], 1]);
  });

  it('hide failures of a grpc-js server from a grpc-js client', async () => {
    let calls = 0;
    const { server, port } = await shapesServer({
      Unary: (_call: unknown, done: (error: { code: number } | null, reply?: Buffer) => void) => {
        calls++;
        if (calls < 3) done({ code: GrpcCode.UNAVAILABLE });
        else done(null, Buffer.from('served'));
      },
    });
    const { client } = await before(port);
    open.push({ close: () => server.forceShutdown() });
    assert.equal((await unary(client, Buffer.from('ask'))).toString(), 'served');
    assert.equal(calls, 3);
  });
});

async function before(port: number) {
  const gateway = new TestGateway({});
  await gateway.apply({
    listeners: [listener('grpc', [rule('r', [backend('a')], { retry: POLICY })])],
    clusters: { a: [port] },
  });
  // Its own retries would hide ours.
  const client = shapesClient(gateway.port, { 'grpc.enable_retries': 0 });
  open.push({ close: () => client.close() }, gateway);
  return { client };
}
