// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { type Answer, runExample, workloadOf } from '../running-example.test-support.ts';

describe('example header-routing', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());

  function call(...headers: string[]): Promise<Answer> {
    return example.call({ listener: 'grpc/grpc', method: 'api.Echo/Echo', headers });
  }

  it('sends the experiment group to v2, with the header that the filter sets', async () => {
    const answer = await call('x-experiment-group: treatment-a');
    assert.equal(workloadOf(answer), 'recommendation-v2');
    assert.equal(answer.metadata.get('x-grpc-test-echo-initial'), 'you are in treatment-a');
  });

  it('sends testers to v2 by a regular expression over the whole value', async () => {
    assert.equal(workloadOf(await call('x-user-email: ana@beta.example.com')), 'recommendation-v2');
    assert.equal(workloadOf(await call('x-user-email: ana@beta.example.com.evil.org')), 'recommendation-v1');
  });

  it('sends everybody else to v1, and says so in a response header', async () => {
    const answer = await call();
    assert.equal(workloadOf(answer), 'recommendation-v1');
    assert.equal(answer.metadata.get('x-experiment-group'), 'control');
  });
});
