// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { runExample } from '../running-example.test-support.ts';

describe('example query-and-header-routing', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());
  const service = async (target: string, options: RequestInit = {}) => {
    const answer = await fetch(`http://${example.address('web/http')}${target}`, options);
    return (answer.headers.get('hostname') ?? String(answer.status)).split('-').slice(0, -2).join('-');
  };
  const from = (tester: string): RequestInit => ({ headers: { 'x-tester': tester } });

  it('tells requests for one path apart', async () => {
    assert.equal(await service('/search?q=shoes'), 'search');
    assert.equal(await service('/search?q=shoes&version=beta'), 'search-beta');
    assert.equal(await service('/search?q=shoes&version=Beta'), 'search', 'case matters');
    assert.equal(await service('/search', from('bob@example.com')), 'search-beta');
    assert.equal(await service('/search', from('not-bob@example.com')), 'search', 'patterns take whole values');
    assert.equal(await service('/search/shoe.png'), 'images');
    assert.equal(await service('/search/shoe.png.txt'), 'search');
  });

  it('prefers the method to headers and query', async () => {
    assert.equal(await service('/search?version=beta', { method: 'POST' }), 'index');
  });
});
