// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { runExample } from '../running-example.test-support.ts';
import { type Answer, ask } from '../specification/ask.test-support.ts';

const ALLOW_ORIGIN = 'access-control-allow-origin';

describe('example cors', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());
  const call = (method: string, path: string, fields: Readonly<Record<string, string>>): Promise<Answer> =>
    ask({ address: example.address('api/http'), host: 'api.example.com', path, method, fields });
  const preflight = (path: string, origin: string): Promise<Answer> =>
    call('OPTIONS', path, { origin, 'access-control-request-method': 'PUT' });

  it('tells pages of our own sites what they may do', async () => {
    for (const origin of ['https://www.example.com', 'https://eu.shop.example.com']) {
      const answer = await preflight('/account', origin);
      const names = ['status', ALLOW_ORIGIN, 'access-control-allow-methods', 'access-control-max-age'];
      assert.deepEqual(names.map(answer), [204, origin, 'GET, PUT, DELETE', '600']);
      assert.equal(answer('access-control-allow-credentials'), 'true');
    }
  });

  it('refuses the preflights of others', async () => {
    const answer = await preflight('/account', 'https://shop.example.com');
    assert.deepEqual([answer('status'), answer(ALLOW_ORIGIN)], [403, undefined]);
  });

  it('lets pages see answers, or not', async () => {
    const own = await call('GET', '/account', { origin: 'https://www.example.com' });
    assert.deepEqual([own('from'), own(ALLOW_ORIGIN)], ['account', 'https://www.example.com']);
    const foreign = await call('GET', '/account', { origin: 'https://evil.test' });
    assert.deepEqual([foreign('from'), foreign(ALLOW_ORIGIN)], ['account', undefined]);
    const open = await call('GET', '/prices', { origin: 'https://evil.test' });
    assert.deepEqual([open('from'), open(ALLOW_ORIGIN)], ['prices', '*']);
  });
});
