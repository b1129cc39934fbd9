// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EndpointSlice } from '../../resources/index.ts';
import { indexSlices } from './slice-index.ts';

function slice(name: string, endpoint: { nodeName: string; zone?: string }): [string, EndpointSlice] {
  const labels = { 'kubernetes.io/service-name': name };
  const endpoints = [{ addresses: ['10.0.0.1'], conditions: {}, ...endpoint }];
  const object = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: 'default', labels },
  } as unknown as EndpointSlice;
  return [`default/${name}`, { ...object, addressType: 'IPv4', ports: [], endpoints }];
}

describe('the zone of a node', () => {
  const place = { node: 'n1', zone: null };
  const other = slice('a', { nodeName: 'n2', zone: 'b' });
  const own = slice('b', { nodeName: 'n1', zone: 'a' });

  it('is learned from the first endpoint on it, whenever that comes', () => {
    const first = indexSlices(new Map([other, slice('c', { nodeName: 'n1' })]), place, undefined);
    assert.equal(first.place, place);
    const second = indexSlices(new Map([other, own]), place, first);
    assert.deepEqual(second.place, { node: 'n1', zone: 'a' });
    const third = indexSlices(new Map([other]), place, second);
    assert.equal(third.place, second.place, 'what is known is forgotten, or makes all clusters anew');
  });

  it('is what the environment says', () => {
    const written = { node: 'n1', zone: 'z' };
    assert.equal(indexSlices(new Map([own]), written, undefined).place, written);
    const nowhere = { node: null, zone: null };
    assert.equal(indexSlices(new Map([own]), nowhere, undefined).place, nowhere);
  });
});
