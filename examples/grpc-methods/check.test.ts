// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type Answer, runExample, workloadOf } from '../running-example.test-support.ts';

describe('example grpc-methods', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());
  const proto = join(import.meta.dirname, 'user.proto');

  function call(authority: string, method: string, ...headers: string[]): Promise<Answer> {
    return example.call({ listener: 'example-gateway/grpc', authority, method, headers, proto });
  }

  it('sends the one method that foo.example.com takes to foo-svc', async () => {
    assert.equal(workloadOf(await call('foo.example.com', 'com.example.User/Login')), 'foo-svc');
  });

  it('does not take other methods of foo.example.com', async () => {
    const refused = { exitCode: 1, message: /^Unimplemented/ };
    await assert.rejects(call('foo.example.com', 'com.example.User/Logout'), refused);
  });

  it('lets reflection of foo.example.com through', async () => {
    const method = 'api.Echo/Echo'; // found through reflection, then refused
    const refused = { exitCode: 1, message: /^Unimplemented/ };
    await assert.rejects(
      example.call({ listener: 'example-gateway/grpc', authority: 'foo.example.com', method }),
      refused,
    );
  });

  it('sends calls with env: canary to bar-svc-canary, others to bar-svc, for all methods', async () => {
    for (const method of ['com.example.User/Login', 'com.example.User/Logout']) {
      assert.equal(workloadOf(await call('bar.example.com', method, 'env: canary')), 'bar-svc-canary');
      assert.equal(workloadOf(await call('bar.example.com', method)), 'bar-svc');
      assert.equal(workloadOf(await call('bar.example.com', method, 'env: canary2')), 'bar-svc');
    }
  });

  it('sends all of example.com to example-svc, and nothing of unknown hosts', async () => {
    assert.equal(workloadOf(await call('example.com', 'com.example.User/Logout')), 'example-svc');
    await assert.rejects(call('localhost', 'com.example.User/Login'), { exitCode: 1 });
  });
});
