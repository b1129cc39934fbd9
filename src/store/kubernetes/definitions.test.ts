// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDefinitions } from './definitions.ts';

function definition(name: string, version?: string, channel?: string) {
  const annotations = {
    ...(version === undefined ? {} : { 'gateway.networking.k8s.io/bundle-version': version }),
    ...(channel === undefined ? {} : { 'gateway.networking.k8s.io/channel': channel }),
  };
  return { metadata: { name, annotations } };
}

function read(status: number, json: unknown) {
  const request = () => Promise.resolve({ status, headers: {}, json });
  return readDefinitions({ request }, new AbortController().signal);
}

describe('readDefinitions', () => {
  it('names each version of the Gateway API’s definitions once, and those without one', async () => {
    const items = [
      definition('gateways.gateway.networking.k8s.io', 'v1.7.0'),
      definition('httproutes.gateway.networking.k8s.io', 'v1.7.0'),
      definition('grpcroutes.gateway.networking.k8s.io', 'v1.2.1'),
      definition('xbackends.gateway.networking.x-k8s.io'),
      definition('certificates.cert-manager.io', 'v9'),
    ];
    assert.deepEqual(await read(200, { items }), { versions: ['', 'v1.2.1', 'v1.7.0'], areStandard: false });
  });

  it('says whether they are of the standard channel alone', async () => {
    const gateways = definition('gateways.gateway.networking.k8s.io', 'v1.7.0', 'standard');
    const routes = 'httproutes.gateway.networking.k8s.io';
    for (const [channel, areStandard] of [
      ['standard', true],
      ['experimental', false],
    ] as const) {
      const items = [gateways, definition(routes, 'v1.7.0', channel)];
      assert.deepEqual(await read(200, { items }), { versions: ['v1.7.0'], areStandard });
    }
  });

  it('does not know when it may not look', async () => {
    assert.equal(await read(403, { kind: 'Status' }), null);
    assert.equal(await read(200, undefined), null);
  });
});
