// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, describe, it } from 'node:test';
import { status as GrpcCode, type ServerDuplexStream, type ServiceError } from '@grpc/grpc-js';
import { until } from '../../time/until.test-support.ts';
import { backend, listener, rule, shapesClient, shapesServer, TestGateway, unary } from './gateway.test-support.ts';

const MAX = 1000;
const TOO_LARGE = `a message of the request is larger than ${MAX} bytes`;
const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A client of a rule with a limit, whose endpoint gives back what it gets; and what became of its streams. */
async function limited() {
  const ended: string[] = [];
  const { server, port } = await shapesServer({
    Unary: (call: { request: Buffer }, reply: (error: null, message: Buffer) => void) => reply(null, call.request),
    Bidi: (call: ServerDuplexStream<Buffer, Buffer>) => {
      call.on('data', (message: Buffer) => call.write(message));
      call.on('end', () => call.end());
      call.on('cancelled', () => ended.push('cancelled'));
    },
  });
  const gateway = new TestGateway();
  const limit = { kind: 'message-limit', maxBytes: MAX } as const;
  const listeners = [listener('grpc', [rule('r', [backend('a')], { filters: [limit] })])];
  await gateway.apply({ listeners, clusters: { a: [port] } });
  const client = shapesClient(gateway.port);
  open.push(client, gateway, { close: () => server.forceShutdown() });
  return { client, gateway, ended };
}

describe('a longest message', () => {
  it('lets pass what is as long as that, or shorter', async () => {
    const { client } = await limited();
    for (const length of [0, 1, MAX]) assert.equal((await unary(client, Buffer.alloc(length))).length, length);
  });

  it('refuses a call with a longer one, which is not worth another try', async () => {
    const { client, gateway } = await limited();
    for (const length of [MAX + 1, 300_000]) {
      await assert.rejects(unary(client, Buffer.alloc(length)), (error: ServiceError) => {
        assert.deepEqual([error.code, error.details], [GrpcCode.RESOURCE_EXHAUSTED, TOO_LARGE]);
        assert.deepEqual(error.metadata.get('grpc-status-details-bin'), []);
        return true;
      });
    }
    assert.equal(gateway.metric('daemun_request_failures_total', { reason: 'message_too_large' }), 2);
    assert.equal((await unary(client, Buffer.alloc(MAX))).length, MAX, 'the connection goes on');
  });

  it('ends a stream whose answer is under way, by its trailers, and the endpoint is told', async () => {
    const { client, ended } = await limited();
    const call = client['Bidi']();
    const got: number[] = [];
    call.on('data', (message: Buffer) => got.push(message.length));
    const failed = once(call, 'error');
    for (const length of [MAX, 5]) {
      call.write(Buffer.alloc(length));
      await once(call, 'data');
    }
    call.write(Buffer.alloc(MAX + 1));
    const [error] = (await failed) as [ServiceError];
    assert.deepEqual([error.code, error.details, got], [GrpcCode.RESOURCE_EXHAUSTED, TOO_LARGE, [MAX, 5]]);
    await until(() => ended.length > 0);
    assert.deepEqual(ended, ['cancelled']);
  });
});
