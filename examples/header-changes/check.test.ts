// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { runExample } from '../running-example.test-support.ts';
import { type Answer, ask } from '../specification/ask.test-support.ts';

describe('example header-changes', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());
  const get = (path: string, fields: Readonly<Record<string, string>>): Promise<Answer> =>
    ask({ address: example.address('api/http'), host: 'api.example.com', path, fields });

  it('changes the requests of a rule', async () => {
    const answer = await get('/orders', { 'x-tenant': 'mine', 'x-tags': 'web', 'x-debug': '1', 'x-kept': 'yes' });
    const names = ['status', 'seen:x-tenant', 'seen:x-tags', 'seen:x-debug', 'seen:x-kept'];
    assert.deepEqual(names.map(answer), [200, 'shop', 'web,gateway', undefined, 'yes']);
  });

  it('sets and adds what a request does not have', async () => {
    const answer = await get('/orders', {});
    assert.deepEqual(['seen:x-tenant', 'seen:x-tags'].map(answer), ['shop', 'gateway']);
  });

  it('changes the responses of a rule', async () => {
    const answer = await get('/orders', {});
    const names = ['status', 'cache-control', 'vary', 'hostname'];
    assert.deepEqual(names.map(answer), [200, 'no-store', 'x-tags', undefined]);
  });

  it('changes what goes to one backend and comes from it', async () => {
    const seen = new Map<unknown, unknown>();
    for (let count = 0; seen.size < 2 && count < 100; count++) {
      const answer = await get('/search', { 'x-session': '1' });
      const names = ['hostname', 'seen:x-ranking', 'seen:x-session'];
      seen.set(answer('x-served-by') ?? 'search', names.map(answer));
    }
    assert.deepEqual(Object.fromEntries(seen), {
      search: ['search', undefined, '1'],
      'search-next': ['search', 'next', undefined],
    });
  });
});
