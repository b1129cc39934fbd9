// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { runExample } from '../running-example.test-support.ts';

describe('example quickstart', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());

  for (const listener of ['grpc/https', 'grpc/http']) {
    it(`serves both services on ${listener}`, async () => {
      const authority = 'grpc.example.com';
      const echo = await example.call({ listener, authority, method: 'api.Echo/Echo', message: { content: 'echo' } });
      assert.deepEqual(echo.messages, [{ content: 'echo' }]);
      const message = { content: 'reverse' };
      const reverse = await example.call({ listener, authority, method: 'api.Reverse/Reverse', message });
      assert.deepEqual(reverse.messages, [{ content: 'esrever' }]);
      assert.match(reverse.metadata.get('hostname') ?? '', /^reverse-grpc-\w{9}-\w{5}$/);
      assert.match(reverse.metadata.get('x-envoy-upstream-service-time') ?? '', /^\d+$/);
    });
  }

  it('shows two pods when the call is repeated', async () => {
    const pods = new Set<string | undefined>();
    // The choice is random: 100 calls would all go to one Pod once in 10^29 runs.
    for (let count = 0; pods.size < 2 && count < 100; count++) {
      const answer = await example.call({ listener: 'grpc/http', method: 'api.Echo/Echo' });
      pods.add(answer.metadata.get('hostname'));
    }
    assert.equal(pods.size, 2);
  });

  it('refuses a method that no route takes, and says so', async () => {
    const call = example.call({ listener: 'grpc/http', method: 'grpc.health.v1.Health/Check' });
    await assert.rejects(call, { exitCode: 1, message: /^Unimplemented \(12\): ./ });
  });
});
