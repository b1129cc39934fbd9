// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { runExample } from '../running-example.test-support.ts';
import { ask } from '../specification/ask.test-support.ts';

const REQUESTS = 400;

describe('example http-canary', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());
  const versionFor = async (fields: Readonly<Record<string, string>>): Promise<unknown> =>
    (await ask({ address: example.address('web/http'), host: 'shop.example.com', path: '/', fields }))('from');

  it('sends one request in ten to the next version', async () => {
    const counts = { shop: 0, 'shop-next': 0 };
    for (let i = 0; i < REQUESTS; i++) {
      const version = await versionFor({ 'x-version': 'stable' });
      assert.ok(version === 'shop' || version === 'shop-next', String(version));
      counts[version]++;
    }
    // Ten per cent of 400 with a standard deviation of 6: four of them leave 1 failure in 16,000 runs.
    assert.ok(counts['shop-next'] > 15 && counts['shop-next'] < 65, JSON.stringify(counts));
  });

  it('lets a header choose the next version', async () => {
    // By the weights alone, 20 in a row would be 1 in 10^20.
    for (let i = 0; i < 20; i++) assert.equal(await versionFor({ 'x-version': 'next' }), 'shop-next');
  });
});
