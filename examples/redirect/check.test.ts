// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { runExample } from '../running-example.test-support.ts';
import { ask } from '../specification/ask.test-support.ts';

describe('example redirect', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());
  const host = 'shop.example.com';
  const secure = { address: example.address('web/https'), isTls: true, host };
  const port = secure.address.slice(secure.address.lastIndexOf(':') + 1);

  it('sends cleartext to TLS', async () => {
    const answer = await ask({ address: example.address('web/http'), host, path: '/cart?n=1' });
    assert.deepEqual([answer('status'), answer('location')], [301, 'https://shop.example.com:8443/cart?n=1']);
  });

  it('leads to where a folder moved', async () => {
    const answer = await ask({ ...secure, path: '/catalogue/7?size=m' });
    assert.deepEqual(
      [answer('status'), answer('location')],
      [308, `https://shop.example.com:${port}/products/7?size=m`],
    );
    assert.equal((await ask({ ...secure, path: '/catalogues' }))('from'), 'shop');
  });

  it('answers a form with another page', async () => {
    const answer = await ask({ ...secure, path: '/order', method: 'POST' });
    assert.deepEqual([answer('status'), answer('location')], [303, `https://shop.example.com:${port}/thanks`]);
    assert.equal((await ask({ ...secure, path: '/order' }))('from'), 'shop');
    assert.equal((await ask({ ...secure, path: '/thanks' }))('from'), 'shop');
  });
});
