// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import type { KubeRequest } from './kube-client.ts';
import { OwnRights } from './own-rights.ts';

const { signal: SIGNAL } = new AbortController();
const ROUTES = '/apis/gateway.networking.k8s.io/v1/namespaces/a/httproutes';

/** What is asked, and what is made of it when the server denies `denied`. */
async function ask(method: KubeRequest['method'], path: string, denied: string) {
  const asked: unknown[] = [];
  const request = async ({ body }: KubeRequest) => {
    const { spec } = body as { spec: { resourceAttributes: { verb: string } } };
    asked.push(spec.resourceAttributes);
    return { status: 201, headers: {}, json: { status: { allowed: spec.resourceAttributes.verb !== denied } } };
  };
  return { lacks: await new OwnRights({ request }, new VirtualClock()).lacks({ method, path }, SIGNAL), asked };
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
    const rights = new OwnRights({ request }, new VirtualClock());
    assert.equal(await rights.lacks({ method: 'PUT', path: `${ROUTES}/r/status` }, SIGNAL), false);
  });

  it('is asked for once a minute for all objects of a kind and namespace, while we have it', async () => {
    let asked = 0;
    let allowed = true;
    const request = async () => ({ status: 201, headers: {}, json: { status: { allowed, asked: asked++ } } });
    const clock = new VirtualClock();
    const rights = new OwnRights({ request }, clock);
    const lacks = (path: string) => rights.lacks({ method: 'PUT', path }, SIGNAL);
    const paths = Array.from({ length: 100 }, (_, index) => `${ROUTES}/r${index}/status`);
    assert.deepEqual(new Set(await Promise.all(paths.map(lacks))), new Set([false]));
    assert.equal(asked, 1);
    await lacks(`${ROUTES}/r`);
    await lacks(`${ROUTES.replace('/a/', '/b/')}/r/status`);
    assert.equal(asked, 3);
    clock.advance(60_000);
    allowed = false;
    assert.equal(await lacks(`${ROUTES}/r1/status`), true);
    assert.equal(await lacks(`${ROUTES}/r1/status`), true);
    assert.equal(asked, 5, 'what is lacking is asked for each time');
  });

  it('is asked for again when there was no answer', async () => {
    let asked = 0;
    const request = async () => {
      if (asked++ === 0) throw new Error('gone');
      return { status: 201, headers: {}, json: { status: { allowed: false } } };
    };
    const rights = new OwnRights({ request }, new VirtualClock());
    const lacks = () => rights.lacks({ method: 'PUT', path: `${ROUTES}/r/status` }, SIGNAL);
    await assert.rejects(lacks());
    assert.equal(await lacks(), true);
  });
});
