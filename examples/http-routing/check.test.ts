// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { type IncomingHttpHeaders, request } from 'node:http';
import { after, describe, it } from 'node:test';
import { runExample, workloadOf } from '../running-example.test-support.ts';

describe('example http-routing', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());
  const get = (path: string, fields: Record<string, string> = {}) =>
    headersOf(example.address('web/http'), path, fields);

  it('routes by path and by header', async () => {
    assert.match(String((await get('/cart/7'))['hostname']), /^cart-/);
    assert.match(String((await get('/cartoon'))['hostname']), /^pages-[^n]/);
    const beta = await get('/', { 'x-user-group': 'beta' });
    assert.match(String(beta['hostname']), /^pages-next-/);
    assert.equal(beta['x-served-by'], 'beta');
  });

  it('gives gRPC calls of the same host to the GRPCRoute', async () => {
    const answer = await example.call({
      listener: 'web/http',
      method: 'api.Echo/Echo',
      message: { content: 'hello' },
      authority: 'shop.example.com',
    });
    assert.equal(workloadOf(answer), 'orders');
  });
});

function headersOf(address: string, path: string, fields: Record<string, string>): Promise<IncomingHttpHeaders> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'shop.example.com', ...fields };
    request(`http://${address}${path}`, { headers, agent: false }, response => {
      response.resume();
      response.once('end', () => resolve(response.headers));
    })
      .once('error', reject)
      .end();
  });
}
