// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, describe, it } from 'node:test';
import { compressionAlgorithms, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { EchoClient, type EchoResponse } from './echo-client.test-support.ts';
import { startInteropGateway } from './interop-gateway.test-support.ts';

const FOUR_MIB = 4 * 1024 * 1024;
const NO_LIMIT = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };

const gateway = await startInteropGateway();
after(() => gateway.close());

const transports = [
  { name: 'cleartext', address: gateway.cleartext, security: credentials.createInsecure(), options: {} },
  {
    name: 'TLS',
    address: gateway.tls,
    security: credentials.createSsl(await readFile(gateway.caFile)),
    options: { 'grpc.ssl_target_name_override': gateway.authority, 'grpc.default_authority': gateway.authority },
  },
];

for (const { name, address, security, options } of transports) {
  describe(`grpc-js through the gateway, ${name}`, () => {
    const client = new EchoClient(address, security, { ...options, ...NO_LIMIT });
    const gzip = new EchoClient(address, security, {
      ...options,
      ...NO_LIMIT,
      'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
    });
    after(() => {
      client.close();
      gzip.close();
    });

    it('unary: message, pod name, metadata both ways, binary too', async () => {
      const metadata = new Metadata();
      metadata.set('x-grpc-test-echo-initial', 'initial value');
      metadata.set('x-grpc-test-echo-trailing-bin', Buffer.from([0, 1, 254, 255]));
      const answer = await client.echo({ content: 'echo' }, metadata);
      assert.deepEqual(answer.response, { content: 'echo' });
      assert.deepEqual(answer.headers.get('x-grpc-test-echo-initial'), ['initial value']);
      assert.deepEqual(answer.trailers.get('x-grpc-test-echo-trailing-bin'), [Buffer.from([0, 1, 254, 255])]);
      assert.match(String(answer.headers.get('hostname')[0]), /^echo-/);
    });

    it('server streaming: all messages, in order', async () => {
      const contents: string[] = [];
      for await (const response of client.serverStream({ content: 's', repeat: 500 })) contents.push(response.content);
      assert.deepEqual(contents, Array<string>(500).fill('s'));
    });

    it('client streaming: one answer to all messages', async () => {
      const { response } = await client.clientStream(Array.from({ length: 300 }, (_, i) => ({ content: `${i},` })));
      assert.equal(response.content, `${Array.from({ length: 300 }, (_, i) => i).join(',')},`);
    });

    it('client streaming: no message at all', async () => {
      assert.deepEqual((await client.clientStream([])).response, { content: '' });
    });

    it('bidirectional streaming: each message is answered before the next is sent', async () => {
      const call = client.bidiStream();
      const responses: AsyncIterator<EchoResponse> = call[Symbol.asyncIterator]();
      for (let i = 0; i < 50; i++) {
        call.write({ content: `ping ${i}` });
        const { value } = await responses.next();
        assert.deepEqual(value, { content: `ping ${i}` });
      }
      call.end();
      assert.equal((await responses.next()).done, true);
    });

    it('passes messages of 4 MiB', async () => {
      const content = 'x'.repeat(FOUR_MIB);
      assert.equal((await client.echo({ content })).response.content.length, FOUR_MIB);
    });

    it('passes many calls at once', async () => {
      const answers = await Promise.all(Array.from({ length: 500 }, (_, i) => client.echo({ content: String(i) })));
      assert.deepEqual(
        answers.map(answer => answer.response.content),
        Array.from({ length: 500 }, (_, i) => String(i)),
      );
      assert.equal(new Set(answers.map(answer => String(answer.headers.get('hostname')[0]))).size, 2);
    });

    it('passes gzip through', async () => {
      const content = 'y'.repeat(100_000);
      assert.equal((await gzip.echo({ content })).response.content, content);
    });

    it('passes a status with its message', async () => {
      await assert.rejects(client.echo({ content: '잔액이 100 % 부족', status: status.FAILED_PRECONDITION }), {
        code: status.FAILED_PRECONDITION,
        details: '잔액이 100 % 부족',
      });
    });

    it('ends a call at its deadline', async () => {
      const deadline = new Date(Date.now() + 200);
      await assert.rejects(client.echo({ delay_ms: 20_000 }, new Metadata(), { deadline }), {
        code: status.DEADLINE_EXCEEDED,
      });
    });

    it('ends a call that is cancelled, and takes the next', async () => {
      const error = await new Promise<ServiceError | null>(resolve => {
        const call = client.startEcho({ delay_ms: 20_000 }, resolve);
        setImmediate(() => call.cancel());
      });
      assert.equal(error?.code, status.CANCELLED);
      assert.deepEqual((await client.echo({ content: 'next' })).response, { content: 'next' });
    });

    it('ends a stream that is cancelled halfway', async () => {
      const call = client.serverStream({ content: 'z'.repeat(1000), repeat: 10_000 });
      const failure = new Promise<unknown>(resolve => call.once('error', resolve));
      await new Promise(resolve => call.once('data', resolve));
      call.cancel();
      call.resume();
      assert.equal(Object(await failure).code, status.CANCELLED);
    });

    it('slows the sender down when the reader is slow, and loses nothing', async () => {
      let received = 0;
      for await (const response of client.serverStream({ content: 'w'.repeat(10_000), repeat: 2000 })) {
        received += response.content.length;
        if (received % 500_000 === 0) await new Promise(resolve => setImmediate(resolve));
      }
      assert.equal(received, 20_000_000);
    });
  });
}
