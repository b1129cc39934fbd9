// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { runExample } from '../running-example.test-support.ts';

describe('example timeouts-and-retries', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());
  const get = (target: string) => fetch(`http://${example.address('web/http')}${target}`);

  it('ends a request after the time of its rule', async () => {
    const answer = await get('/stock?delay=30s');
    assert.deepEqual([answer.status, await answer.text()], [504, "the route's timeout of 1000 ms passed\n"]);
    assert.equal((await get('/stock?delay=5ms')).status, 200);
  });

  it('tries again what fails or does not answer, as often as the rule says', async () => {
    assert.equal((await get('/prices?fail=3')).status, 200);
    assert.equal((await get('/prices?fail=9')).status, 503);
    assert.equal((await get('/prices?delay=30s')).status, 504);
  });

  it('does the same for gRPC', async () => {
    const call = { listener: 'web/http', method: 'api.Echo/Echo' };
    const slow = example.call({ ...call, message: { content: 'x', delayMs: 30_000 } });
    await assert.rejects(slow, /DEADLINE_EXCEEDED|DeadlineExceeded/);
    assert.equal((await example.call({ ...call, message: { content: 'x' } })).messages.length, 1);
  });
});
