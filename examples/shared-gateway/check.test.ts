// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { type Answer, runExample, workloadOf } from '../running-example.test-support.ts';
import { routeCondition } from '../statuses.test-support.ts';

describe('example shared-gateway', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());

  function call(host: string, method: string): Promise<Answer> {
    const authority = `${host}.api.example.com`;
    return example.call({
      listener: 'grpc-gateway/grpc-tls',
      authority,
      method,
      proto: `${import.meta.dirname}/demo.proto`,
    });
  }

  it('serves the route of a namespace with the label', async () => {
    assert.equal(workloadOf(await call('user', 'api.Echo/Echo')), 'user-service');
    assert.equal(routeCondition(example.gateway.view(), 'app/user-grpc-route', 'Accepted').status, 'True');
  });

  it('reaches a backend of another namespace that a ReferenceGrant allows', async () => {
    assert.equal(workloadOf(await call('user', 'api.Reverse/Reverse')), 'ledger');
  });

  it('fails calls to a backend that no ReferenceGrant allows, and no other', async () => {
    await assert.rejects(call('user', 'api.Secret/Read'), { exitCode: 1, message: /^Unavailable \(14\)/ });
    const condition = routeCondition(example.gateway.view(), 'app/user-grpc-route', 'ResolvedRefs');
    assert.equal(condition.reason, 'RefNotPermitted');
    assert.match(condition.message, /ReferenceGrant/);
  });

  it('does not accept the route of a namespace without the label', async () => {
    await assert.rejects(call('stranger', 'api.Echo/Echo'), { exitCode: 1, message: /^Unimplemented/ });
    const condition = routeCondition(example.gateway.view(), 'stranger/stranger-route', 'Accepted');
    assert.equal(condition.reason, 'NotAllowedByListeners');
  });
});
