// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { runExample } from '../running-example.test-support.ts';
import { type Answer, ask } from '../specification/ask.test-support.ts';

const ANN = `Basic ${Buffer.from('ann:secret').toString('base64')}`;

describe('example external-auth', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());
  const address = example.address('web/http');
  const get = (path: string, fields: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    ask({ address, host: 'shop.test', path, fields });

  it("denies strangers in the server's words", async () => {
    const answer = await fetch(`http://${address}/account/orders`, { headers: { 'x-user': 'ann' } });
    assert.deepEqual([answer.status, answer.headers.get('www-authenticate')], [401, 'Basic realm="demo"']);
    assert.match(String(answer.headers.get('hostname')), /^authorizer-/);
    assert.equal(await answer.text(), 'who are you? Any name and password will do\n');
  });

  it('lets others pass, and tells the backend who they are', async () => {
    const answer = await get('/account/orders?n=1', { authorization: ANN, 'x-user': 'root' });
    const names = ['status', 'from', 'path', 'seen:x-user'];
    assert.deepEqual(names.map(answer), [200, 'accounts', '/account/orders?n=1', 'ann']);
  });

  it('passes nothing when the server has not judged', async () => {
    assert.equal((await get('/account/orders?fail=1', { authorization: ANN }))('status'), 503);
  });

  it('asks nobody about the shop', async () => {
    const answer = await get('/', { 'x-user': 'root' });
    assert.deepEqual([answer('status'), answer('from'), answer('seen:x-user')], [200, 'shop', 'root']);
  });
});
