// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { runExample } from '../running-example.test-support.ts';

/** The same on a cluster: test/cluster. */
describe('example cluster', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());

  for (const [method, answer] of [
    ['api.Echo/Echo', 'abc'],
    ['api.Reverse/Reverse', 'cba'],
  ] as const) {
    it(`serves ${method} from two pods`, async () => {
      const pods = new Set<string | undefined>();
      // The choice is random: 100 calls would all go to one Pod once in 10^29 runs.
      for (let count = 0; pods.size < 2 && count < 100; count++) {
        const call = { listener: 'grpc/https', authority: 'grpc.example.com', method, message: { content: 'abc' } };
        const { messages, metadata } = await example.call(call);
        assert.deepEqual(messages, [{ content: answer }]);
        pods.add(metadata.get('hostname'));
      }
      assert.equal(pods.size, 2);
    });
  }
});
