// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { runExample } from '../running-example.test-support.ts';

/** What a copy was: method, target, body. */
type Copy = readonly [string | undefined, string | undefined, string];

describe('example mirror', async () => {
  const copies: Copy[] = [];
  let heard = Promise.withResolvers<void>();
  const next = createServer(async (request, response) => {
    copies.push([request.method, request.url, await text(request)]);
    response.writeHead(500).end('not for the client');
    if (request.url?.startsWith('/search')) heard.resolve();
  });
  await new Promise<void>(resolve => next.listen(0, '127.0.0.1', resolve));
  const scratch = await mkdtemp(join(tmpdir(), 'daemun-mirror-'));
  const slice = join(scratch, 'search-next.yaml');
  await writeFile(slice, JSON.stringify(endpointSliceOf('search-next', (next.address() as AddressInfo).port)));
  const example = await runExample(import.meta.dirname, slice);
  after(async () => {
    await example.close();
    next.close();
    await rm(scratch, { recursive: true, force: true });
  });
  const url = `http://${example.address('web/http')}`;

  it('answers from the one version, and the next hears the request', async () => {
    const answer = await fetch(`${url}/search?q=tea`, { method: 'POST', body: 'green' });
    assert.equal(answer.status, 200);
    assert.match(String(answer.headers.get('hostname')), /^search-(?!next)/);
    await heard.promise;
    assert.deepEqual(copies, [['POST', '/search?q=tea', 'green']]);
  });

  it('copies a share where the route says so', async () => {
    copies.length = 0;
    for (let i = 0; i < 200; i++) await (await fetch(`${url}/suggest?q=${i}`)).arrayBuffer();
    heard = Promise.withResolvers();
    await fetch(`${url}/search`);
    await heard.promise;
    assert.ok(copies.length > 2 && copies.length < 60, `${copies.length} of 200`);
  });
});

function endpointSliceOf(service: string, port: number): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: service, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ port }],
    endpoints: [{ addresses: ['127.0.0.1'] }],
  };
}
