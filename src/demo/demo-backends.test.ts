// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { Client, credentials, type Metadata } from '@grpc/grpc-js';
import { startDemoBackends } from './demo-backends.ts';

const service = { namespace: 'default', name: 'echo', ports: [50051, 8081], datagramPorts: [], deployments: [] };
const asIs = (bytes: Buffer): Buffer => bytes;

interface Answer {
  readonly bytes: Buffer;
  readonly hostname: string;
}

function unary(port: number, path: string, request: Buffer): Promise<Answer> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  return new Promise<Answer>((resolve, reject) => {
    let hostname = '';
    const call = client.makeUnaryRequest(path, asIs, asIs, request, (error, bytes) => {
      if (error !== null) reject(error);
      else resolve({ bytes: bytes ?? Buffer.alloc(0), hostname });
    });
    call.on('metadata', (metadata: Metadata) => {
      hostname = String(metadata.get('hostname')[0]);
    });
  }).finally(() => client.close());
}

/** A message with field 1 (a string). */
function content(text: string): Buffer {
  return Buffer.from([0x0a, Buffer.byteLength(text), ...Buffer.from(text)]);
}

describe('demo backends', async () => {
  const backends = await startDemoBackends([service]);
  const [first] = backends.endpoints;
  assert.ok(first);
  after(() => backends.close());

  it('starts two pods, each under every port of the service', () => {
    assert.deepEqual(
      backends.endpoints.map(endpoint => endpoint.servicePort),
      [8081, 8081, 50051, 50051],
    );
    assert.equal(new Set(backends.endpoints.map(endpoint => endpoint.port)).size, 2);
    for (const { podName } of backends.endpoints) assert.match(podName, /^echo-[b-z2-9]{9}-[b-z2-9]{5}$/);
  });

  it('answers api.Echo/Echo and names its pod', async () => {
    const answer = await unary(first.port, '/api.Echo/Echo', content('echo'));
    assert.deepEqual(answer.bytes, content('echo'));
    assert.equal(answer.hostname, first.podName);
  });

  it('reverses what people see as characters', async () => {
    const answer = await unary(first.port, '/api.Reverse/Reverse', content('대문👩‍🚀!'));
    assert.deepEqual(answer.bytes, content('!👩‍🚀문대'));
  });

  it('answers any other method with an empty message', async () => {
    const answer = await unary(first.port, '/user.v1.UserService/GetUser', content('123'));
    assert.equal(answer.bytes.length, 0);
    assert.equal(answer.hostname, first.podName);
  });

  it('ends the call with the status that the request asks for', async () => {
    const request = Buffer.concat([content('100 % 없음'), Buffer.from([0x20, 5])]);
    await assert.rejects(unary(first.port, '/api.Echo/Echo', request), { code: 5, details: '100 % 없음' });
  });

  it('echoes HTTP/1.1 requests as JSON', async () => {
    const response = await fetch(`http://127.0.0.1:${first.port}/a?b=c`, { headers: { 'x-a': '1' } });
    assert.equal(response.headers.get('hostname'), first.podName);
    const { pod, method, path, headers } = (await response.json()) as Record<string, unknown>;
    assert.deepEqual({ pod, method, path }, { pod: first.podName, method: 'GET', path: '/a?b=c' });
    assert.equal((headers as Record<string, string>)['x-a'], '1');
  });

  it('fails as often as an HTTP request asks, then works, and takes the time that one asks for', async () => {
    const statusOf = async (query: string) => (await fetch(`http://127.0.0.1:${first.port}/a?${query}`)).status;
    const statuses = [
      await statusOf('fail=2'),
      await statusOf('fail=2'),
      await statusOf('fail=1'),
      await statusOf('fail=2'),
    ];
    assert.deepEqual(statuses, [503, 503, 503, 200]);
    assert.equal(await statusOf('fail=2'), 503, 'it begins again');
    const startedMs = performance.now();
    assert.equal(await statusOf('delay=30ms'), 200);
    assert.ok(performance.now() - startedMs >= 29);
  });

  it('judges as an authorization server what is asked below /authorize/, over HTTP/1.1 and HTTP/2', async () => {
    const stranger = await fetch(`http://127.0.0.1:${first.port}/authorize/a`);
    assert.deepEqual([stranger.status, stranger.headers.get('hostname')], [401, first.podName]);
    const session = connect(`http://127.0.0.1:${first.port}`);
    const authorization = `Basic ${Buffer.from('ann:x').toString('base64')}`;
    const stream = session.request({ ':path': '/authorize/a', authorization });
    const [fields] = await once(stream, 'response');
    assert.deepEqual([fields[':status'], fields['x-user'], await text(stream)], [200, 'ann', '']);
    session.close();
  });

  it('refuses a request that does not decode', async () => {
    await assert.rejects(unary(first.port, '/api.Echo/Echo', Buffer.from([0x0a, 9])), { code: 3 });
  });

  it('keeps the pods of services that stay, and starts and stops the others', async () => {
    const other = {
      namespace: 'app',
      name: 'user',
      ports: [1],
      datagramPorts: [],
      deployments: [{ name: 'user-v1', replicas: 3 }],
    };
    const before = backends.endpoints;
    await backends.update([service, other]);
    assert.equal(backends.endpoints.length, 7);
    const stopped = backends.endpoints.find(endpoint => endpoint.service === 'user');
    assert.ok(stopped);
    assert.match(stopped.podName, /^user-v1-/);
    await backends.update([service]);
    assert.deepEqual(backends.endpoints, before);
    await assert.rejects(unary(stopped.port, '/a.B/C', content('')), { code: 14 });
  });
});
