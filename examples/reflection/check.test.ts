// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { runExample } from '../running-example.test-support.ts';

describe('example reflection', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());
  const call = { method: 'api.Echo/Echo', message: { content: 'hi' }, authority: 'localhost' };

  it('lets clients of the internal listener ask for the types', async () => {
    assert.deepEqual((await example.call({ ...call, listener: 'grpc/internal' })).messages, [{ content: 'hi' }]);
  });

  it('tells clients of the public listener nothing', async () => {
    await assert.rejects(example.call({ ...call, listener: 'grpc/public' }), {
      exitCode: 1,
      message: /reflection is not available/,
    });
  });

  it('serves clients of the public listener that have the .proto file', async () => {
    const proto = `${import.meta.dirname}/../../src/demo/proto/api/echo.proto`;
    assert.deepEqual((await example.call({ ...call, listener: 'grpc/public', proto })).messages, [{ content: 'hi' }]);
  });
});
