// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { PolicyStatus } from '../../src/status/policy-status.ts';
import { runExample } from '../running-example.test-support.ts';

describe('example backend-tls', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());

  it('speaks TLS to the backend, with the name of the policy and the certificate of the Gateway', async () => {
    const response = await fetch(`http://${example.address('edge/http')}/`);
    assert.equal(response.status, 200);
    const { tls } = (await response.json()) as { tls: unknown };
    assert.deepEqual(tls, {
      version: 'TLSv1.3',
      serverName: 'orders.shop.example.com',
      client: 'DNS:edge.default',
    });
  });

  it('makes gRPC calls in TLS, too', async () => {
    const answer = await example.call({
      listener: 'edge/http',
      method: 'api.Echo/Echo',
      message: { content: 'hello' },
    });
    assert.match(JSON.stringify(answer.messages), /hello/);
  });

  it('tells the policy that it is in effect', () => {
    const status = example.gateway.view().statuses.get('BackendTLSPolicy/default/orders') as PolicyStatus;
    assert.deepEqual(
      status.ancestors[0]?.conditions.map(({ type, status: value }) => `${type} ${value}`),
      ['Accepted True', 'ResolvedRefs True'],
    );
  });
});
