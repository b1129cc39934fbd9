// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { until } from '../../src/time/until.test-support.ts';
import { runExample } from '../running-example.test-support.ts';
import { ask } from '../specification/ask.test-support.ts';

describe('example fast-clients', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());
  const statusOf = async (host: string, path: string) =>
    (await ask({ address: example.address('faces/http'), host, path }))('status');

  it('lets one host wait, and the other 100 ms', async () => {
    assert.equal(await statusOf('smiley.example.com', '/?delay=400ms'), 200);
    assert.equal(await statusOf('fast.smiley.example.com', '/?delay=30s'), 504);
    // 100 ms are little on a machine that is busy.
    await until(async () => (await statusOf('fast.smiley.example.com', '/')) === 200);
  });
});
