// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Client, Metadata, type Server, status } from '@grpc/grpc-js';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { backend, listener, rule, shapesClient, shapesServer, TestGateway, unary } from './gateway.test-support.ts';

describe('an exchange', () => {
  let gateway: TestGateway;
  let clock: VirtualClock;
  const servers: Server[] = [];
  const clients: Client[] = [];

  beforeEach(() => {
    clock = new VirtualClock();
    gateway = new TestGateway({}, undefined, clock);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
    for (const server of servers.splice(0)) server.forceShutdown();
    gateway.close();
  });

  async function start(implementation: Parameters<typeof shapesServer>[0], changes = {}) {
    const { server, port } = await shapesServer(implementation);
    servers.push(server);
    await gateway.apply({
      listeners: [listener('grpc', [rule('r', [backend('a')], changes)])],
      clusters: { a: [port] },
    });
    const client = shapesClient(gateway.port, {
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
    });
    clients.push(client);
    return { client, server, port };
  }

  it('passes a unary call with metadata in both directions', async () => {
    const seen: Metadata[] = [];
    const { client } = await start({
      Unary: (call: { request: Buffer; metadata: Metadata }, done: (error: null, reply: Buffer) => void) => {
        seen.push(call.metadata);
        done(null, Buffer.concat([Buffer.from('re:'), call.request]));
      },
    });
    const metadata = new Metadata();
    metadata.set('k', 'v');
    metadata.set('data-bin', Buffer.from([0, 255]));
    assert.equal((await unary(client, Buffer.from('hello'), metadata)).toString(), 're:hello');
    assert.deepEqual(seen[0]?.get('k'), ['v']);
    assert.deepEqual(seen[0]?.get('data-bin'), [Buffer.from([0, 255])]);
    assert.deepEqual(seen[0]?.get('x-forwarded-for'), ['127.0.0.1']);
    assert.deepEqual(seen[0]?.get('x-forwarded-proto'), ['http']);
    assert.equal(gateway.metric('grpc_server_handled_total', { grpc_method: 'Unary', grpc_code: 'OK' }), 1);
    assert.equal(gateway.metric('grpc_server_msg_sent_total', { grpc_method: 'Unary' }), 1);
  });

  it('passes an error status with its message', async () => {
    const { client } = await start({
      Unary: (_call: unknown, done: (error: object) => void) => done({ code: status.NOT_FOUND, details: 'no ünicorn' }),
    });
    await assert.rejects(unary(client, Buffer.from('x')), { code: status.NOT_FOUND, details: 'no ünicorn' });
  });

  it('passes client streams, server streams and bidirectional streams', async () => {
    const { client } = await start({
      ClientStream: (call: NodeJS.ReadableStream, done: (error: null, reply: Buffer) => void) => {
        const parts: Buffer[] = [];
        call.on('data', (part: Buffer) => parts.push(part));
        call.on('end', () => done(null, Buffer.concat(parts)));
      },
      ServerStream: (call: NodeJS.WritableStream & { request: Buffer }) => {
        for (let i = 0; i < 3; i++) call.write(Buffer.from(`${call.request}${i}`));
        call.end();
      },
      Bidi: (call: NodeJS.ReadWriteStream) => {
        call.on('data', (part: Buffer) => call.write(part));
        call.on('end', () => call.end());
      },
    });
    const joined = await new Promise((resolve, reject) => {
      const call = client['ClientStream']((error: Error | null, reply: Buffer) =>
        error === null ? resolve(reply.toString()) : reject(error),
      );
      for (const part of ['a', 'b', 'c']) call.write(Buffer.from(part));
      call.end();
    });
    assert.equal(joined, 'abc');
    const streamed: string[] = [];
    for await (const part of client['ServerStream'](Buffer.from('n'))) streamed.push(String(part));
    assert.deepEqual(streamed, ['n0', 'n1', 'n2']);
    const call = client['Bidi']();
    for (const part of ['1', '2']) {
      call.write(Buffer.from(part));
      const [echo] = await once(call, 'data');
      assert.equal(String(echo), part);
    }
    call.end();
    call.resume();
    await once(call, 'end');
    assert.equal(gateway.metric('grpc_server_handled_total', { grpc_type: 'bidi_stream', grpc_code: 'OK' }), 1);
    assert.equal(gateway.metric('daemun_downstream_requests_active'), 0);
  });

  it('passes messages of 4 MiB', async () => {
    const { client } = await start({
      Unary: (call: { request: Buffer }, done: (error: null, reply: Buffer) => void) => done(null, call.request),
    });
    const message = Buffer.alloc(4 * 1024 * 1024 - 5, 'x');
    assert.equal((await unary(client, message)).equals(message), true);
  });

  it('cancels upstream when the client cancels', async () => {
    let cancelled: () => void = () => {};
    const seen = new Promise<void>(resolve => {
      cancelled = resolve;
    });
    const { client } = await start({
      Bidi: (call: NodeJS.ReadWriteStream) => {
        call.on('cancelled', () => cancelled());
        call.on('error', () => {});
        call.write(Buffer.from('hi'));
      },
    });
    const call = client['Bidi']();
    call.on('error', () => {});
    await once(call, 'data');
    call.cancel();
    await seen;
  });

  it('answers DEADLINE_EXCEEDED itself when the route is slower than its timeout, and cancels upstream', async () => {
    let cancelled: () => void = () => {};
    const seen = new Promise<void>(resolve => {
      cancelled = resolve;
    });
    const { client } = await start(
      {
        Unary(call: NodeJS.EventEmitter) {
          call.on('cancelled', () => cancelled());
          clock.advance(50);
        },
      },
      { requestTimeoutMs: 50 },
    );
    await assert.rejects(unary(client, Buffer.from('x')), { code: status.DEADLINE_EXCEEDED });
    // Resets go out at a pace.
    clock.advance(1_000);
    await seen;
  });

  it('tells UNAVAILABLE, never INTERNAL, when the endpoint dies in the middle of a stream', async () => {
    const { client, server } = await start({
      Bidi: (call: NodeJS.ReadWriteStream) => {
        call.on('error', () => {});
        call.write(Buffer.from('hi'));
      },
    });
    const call = client['Bidi']();
    await once(call, 'data');
    server.forceShutdown();
    const [error] = await once(call, 'error');
    assert.equal(error.code, status.UNAVAILABLE);
  });

  it('names what did not match', async () => {
    await gateway.apply({ listeners: [listener('grpc', [])], clusters: {} });
    const client = shapesClient(gateway.port);
    clients.push(client);
    await assert.rejects(unary(client, Buffer.from('x')), {
      code: status.UNIMPLEMENTED,
      details: 'no route matches /test.Shapes/Unary on host 127.0.0.1',
    });
  });
});
