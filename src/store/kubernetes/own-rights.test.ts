// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubeRequest } from './kube-client.ts';
import { lacksRight } from './own-rights.ts';

const ROUTES = '/apis/gateway.networking.k8s.io/v1/namespaces/a/httproutes';

/** What is asked, and what is made of it when the server denies `denied`. */
async function ask(method: KubeRequest['method'], path: string, denied: string) {
  const asked: unknown[] = [];
  const request = async ({ body }: KubeRequest) => {
    const { spec } = body as { spec: { resourceAttributes: { verb: string } } };
    asked.push(spec.resourceAttributes);
    return { status: 201, headers: {}, json: { status: { allowed: spec.resourceAttributes.verb !== denied } } };
  };
  return { lacks: await lacksRight({ request }, { method, path }, new AbortController().signal), asked };
}

describe('the right to do what was refused', () => {
  it('is asked for as it was wanted', async () => {
    const group = 'gateway.networking.k8s.io';
    assert.deepEqual(await ask('PUT', `${ROUTES}/r/status`, 'update'), {
      lacks: true,
      asked: [{ verb: 'update', group, namespace: 'a', resource: 'httproutes', name: 'r', subresource: 'status' }],
    });
    assert.deepEqual(await ask('POST', '/api/v1/namespaces/a/services', ''), {
      lacks: false,
      asked: [{ verb: 'create', group: '', namespace: 'a', resource: 'services', name: '', subresource: '' }],
    });
    assert.deepEqual((await ask('PUT', `/apis/${group}/v1/gatewayclasses/c/status`, '')).asked, [
      { verb: 'update', group, namespace: '', resource: 'gatewayclasses', name: 'c', subresource: 'status' },
    ]);
  });

  it('is one to patch and one to make where an object is applied', async () => {
    assert.equal((await ask('PATCH', '/api/v1/namespaces/a/services/s', 'create')).lacks, true);
    assert.equal((await ask('PATCH', '/api/v1/namespaces/a/services/s', 'patch')).lacks, true);
    assert.equal((await ask('PATCH', '/api/v1/namespaces/a/services/s', 'delete')).lacks, false);
  });

  it('is not taken to be missing where the server does not say', async () => {
    const request = async () => ({ status: 403, headers: {}, json: { kind: 'Status', status: 'Failure' } });
    const { signal } = new AbortController();
    assert.equal(await lacksRight({ request }, { method: 'PUT', path: `${ROUTES}/r/status` }, signal), false);
  });
});
