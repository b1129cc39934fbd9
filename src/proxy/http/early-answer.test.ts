// SPDX-License-Identifier: Apache-2.0

/** Endpoints that answer before they have read the request, and end the connection: their kernel resets it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, it } from 'node:test';
import { cleanUp, listen } from '../upstream/cluster-pool.test-support.ts';
import { httpListener, TestGateway } from './gateway.test-support.ts';

const UPLOAD_BYTES = 1_500_000;
const UPLOADS = 20;

/** One upload, to the end of the answer; a client that is told to stop need not send all of it. */
async function upload(port: number, isChunked: boolean): Promise<string> {
  const client = connect({ port, host: '127.0.0.1' });
  client.on('error', () => {});
  const body = Buffer.alloc(UPLOAD_BYTES, 'x');
  const [framing, before, behind] = isChunked
    ? ['transfer-encoding: chunked', `${UPLOAD_BYTES.toString(16)}\r\n`, '\r\n0\r\n\r\n']
    : [`content-length: ${UPLOAD_BYTES}`, '', ''];
  client.write(`POST / HTTP/1.1\r\nhost: a.test\r\n${framing}\r\n\r\n${before}`);
  client.write(body);
  client.write(behind);
  const answer = await text(client);
  client.destroy();
  return answer;
}

describe('an endpoint that answers early and closes', () => {
  const gateway = new TestGateway();
  afterEach(async () => {
    gateway.close();
    await cleanUp();
  });

  it('has its answer given on, and not the end of its connection', async () => {
    const endpoint = await listen(socket =>
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\n\r\nbig', () => socket.destroy());
      }),
    );
    await gateway.apply({
      listeners: [httpListener('web', { '/': 'a' })],
      clusters: { a: [endpoint.port] },
      clusterChanges: { protocol: 'h1' },
    });
    for (const isChunked of [false, true]) {
      const answers = await Promise.all(Array.from({ length: UPLOADS }, () => upload(gateway.port, isChunked)));
      for (const answer of answers) assert.match(answer, /^HTTP\/1.1 413 .*\r\n\r\nbig$/s);
    }
  });

  it('ends a client that still owes chunks, tells it so, and reads what it still sends', async () => {
    const endpoint = await listen(socket => {
      socket.once('data', () => void socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\n\r\nbig'));
    });
    await gateway.apply({
      listeners: [httpListener('web', { '/': 'a' })],
      clusters: { a: [endpoint.port] },
      clusterChanges: { protocol: 'h1' },
    });
    const client = connect({ port: gateway.port, host: '127.0.0.1' });
    client.write(
      `POST / HTTP/1.1\r\nhost: a.test\r\ntransfer-encoding: chunked\r\n\r\n${UPLOAD_BYTES.toString(16)}\r\nx`,
    );
    await once(client, 'readable');
    client.write(Buffer.alloc(UPLOAD_BYTES - 1, 'x'));
    client.end('\r\n0\r\n\r\n');
    assert.match(await text(client), /^HTTP\/1.1 413 .*\r\nconnection: close\r\n\r\nbig$/s);
  });
});
