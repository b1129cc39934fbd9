// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EndpointSlice } from '../../resources/index.ts';
import { KindCache } from './kind-cache.ts';
import { READ_KINDS } from './read-kinds.ts';

const HINTS = { forZones: [{ name: 'z' }], forNodes: [{ name: 'node-1' }] };
const READY = { ready: true, serving: true, terminating: false };

function endpoint(last: number): object {
  const targetRef = { kind: 'Pod', name: `pod-${last}`, namespace: 'a', uid: `uid-${last}` };
  return {
    addresses: [`10.0.0.${last}`],
    conditions: READY,
    nodeName: 'node-1',
    zone: 'z',
    targetRef,
    hints: HINTS,
    deprecatedTopology: {},
  };
}

function slice(version: number, endpoints: readonly object[]): Record<string, unknown> {
  const annotations = { 'endpoints.kubernetes.io/last-change-trigger-time': `at ${version}`, mine: 'stays' };
  const labels = { 'kubernetes.io/service-name': 's' };
  const metadata = { namespace: 'a', name: 's-1', uid: 'u', resourceVersion: String(version), annotations, labels };
  const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
  return { metadata, addressType: 'IPv4', endpoints, ports };
}

function cacheOfSlices(): { read(object: Record<string, unknown>): EndpointSlice; changes(): number } {
  const readKind = READ_KINDS.find(({ kind }) => kind === 'EndpointSlice');
  assert.ok(readKind !== undefined);
  let changes = 0;
  const onChange = (): void => void changes++;
  const cache = new KindCache({ readKind, onChange, onObserved: () => undefined });
  return {
    read(object) {
      cache.put(object);
      const resource = cache.resources.get('a/s-1');
      assert.ok(resource?.kind === 'EndpointSlice');
      return resource;
    },
    changes: () => changes,
  };
}

describe('an EndpointSlice of a cluster', () => {
  it('is kept with what there is a use for', () => {
    const { metadata, endpoints } = cacheOfSlices().read(slice(1, [endpoint(1), { addresses: ['10.0.0.2'] }]));
    assert.deepEqual(metadata.annotations, { mine: 'stays' });
    assert.deepEqual(endpoints, [
      {
        ...{ addresses: ['10.0.0.1'], conditions: READY, nodeName: 'node-1', zone: 'z', hints: HINTS },
        targetRef: { name: 'pod-1' },
      },
      { addresses: ['10.0.0.2'], conditions: {} },
    ]);
  });

  it('keeps the endpoints that stay, at whatever place', () => {
    const { read } = cacheOfSlices();
    const before = read(slice(1, [endpoint(1), endpoint(2), endpoint(3)]));
    const after = read(slice(2, [endpoint(2), endpoint(3), endpoint(4)]));
    assert.deepEqual(after.endpoints.slice(0, 2), before.endpoints.slice(1));
    assert.equal(after.endpoints[0], before.endpoints[1]);
    assert.equal(after.endpoints[1], before.endpoints[2]);
    assert.equal(after.ports, before.ports);
    assert.equal(after.endpoints[2]?.conditions, before.endpoints[0]?.conditions);
  });

  it('is no news when all that changed is when it changed', () => {
    const { read, changes } = cacheOfSlices();
    const before = read(slice(1, [endpoint(1)]));
    assert.equal(read(slice(2, [endpoint(1)])), before);
    assert.equal(changes(), 1);
    const { metadata, ...rest } = slice(3, [endpoint(1)]);
    assert.equal(read({ metadata: { ...(metadata as object), generation: 7 }, ...rest }), before);
    assert.equal(changes(), 1);
  });
});
