// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { runExample } from '../running-example.test-support.ts';
import { type Answer, ask } from '../specification/ask.test-support.ts';

describe('example rewrite', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());
  const get = (path: string): Promise<Answer> =>
    ask({ address: example.address('api/http'), host: 'api.example.com', path });

  it('takes a prefix off', async () => {
    for (const [path, seen] of [
      ['/orders/7?full=1', '/7?full=1'],
      ['/orders', '/'],
      ['/orders/?full=1', '/?full=1'],
    ] as const) {
      const answer = await get(path);
      assert.deepEqual([answer('from'), answer('path')], ['orders', seen]);
    }
  });

  it('replaces path and host, and says which host the client named', async () => {
    const answer = await get('/app/settings?tab=2');
    assert.deepEqual(
      [answer('path'), answer('host'), answer('seen:x-forwarded-host')],
      ['/index.html?tab=2', 'pages.internal.example.com', 'api.example.com'],
    );
  });

  it('gives one of two versions a prefix of its own', async () => {
    const places = new Map<unknown, unknown>();
    for (let count = 0; places.size < 2 && count < 100; count++) {
      const answer = await get('/search?q=tea');
      places.set(answer('from'), answer('path'));
    }
    assert.deepEqual(Object.fromEntries(places), { search: '/search?q=tea', 'search-next': '/v2/search?q=tea' });
  });
});
