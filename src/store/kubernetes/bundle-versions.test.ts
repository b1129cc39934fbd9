// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readBundleVersions } from './bundle-versions.ts';

function definition(name: string, version?: string) {
  const annotations = version === undefined ? {} : { 'gateway.networking.k8s.io/bundle-version': version };
  return { metadata: { name, annotations } };
}

function read(status: number, json: unknown) {
  const request = () => Promise.resolve({ status, headers: {}, json });
  return readBundleVersions({ request }, new AbortController().signal);
}

describe('readBundleVersions', () => {
  it('names each version of the Gateway API’s definitions once, and those without one', async () => {
    const items = [
      definition('gateways.gateway.networking.k8s.io', 'v1.7.0'),
      definition('httproutes.gateway.networking.k8s.io', 'v1.7.0'),
      definition('grpcroutes.gateway.networking.k8s.io', 'v1.2.1'),
      definition('xbackends.gateway.networking.x-k8s.io'),
      definition('certificates.cert-manager.io', 'v9'),
    ];
    assert.deepEqual(await read(200, { items }), ['', 'v1.2.1', 'v1.7.0']);
  });

  it('does not know when it may not look', async () => {
    assert.equal(await read(403, { kind: 'Status' }), null);
    assert.equal(await read(200, undefined), null);
  });
});
