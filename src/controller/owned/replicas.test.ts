// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type EndpointSlice, parseResource } from '../../resources/index.ts';
import { Replicas } from './replicas.ts';

const service = { namespace: 'd', name: 'pods' };

function slice(endpoints: readonly object[]): EndpointSlice {
  const labels = { 'kubernetes.io/service-name': service.name };
  const object = {
    ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { ...service, labels } },
    ...{ addressType: 'IPv4', endpoints, ports: [] },
  };
  const parsed = parseResource(object, { defaultNamespace: 'd' });
  if (parsed.outcome !== 'resource' || parsed.resource.kind !== 'EndpointSlice')
    throw new Error(JSON.stringify(parsed));
  return parsed.resource;
}

const endpoint = (address: string, serving = true) => ({
  addresses: [address],
  conditions: { ready: serving, serving },
});

describe('the Pods that Services of Gateways lead to', () => {
  const setUp = () => {
    const replicas = new Replicas({ addresses: ['10.0.0.1'], nodeName: null, service });
    const addressesAfter = (...slices: readonly EndpointSlice[]): readonly string[] => {
      replicas.assign({ endpointSlices: new Map(slices.map(one => [one.metadata.name, one])) });
      return replicas.current().flatMap(({ addresses }) => addresses);
    };
    return { replicas, addressesAfter };
  };

  it('are those that serve, as the Service says', () => {
    const { addressesAfter } = setUp();
    const all = ['10.0.0.2', '10.0.0.1'].map(address => endpoint(address));
    assert.deepEqual(addressesAfter(slice(all)), ['10.0.0.1', '10.0.0.2']);
    assert.deepEqual(addressesAfter(slice([endpoint('10.0.0.3'), endpoint('10.0.0.1', false)])), ['10.0.0.3']);
    assert.deepEqual(addressesAfter(slice([endpoint('10.0.0.1', false)])), [], 'it judges all of them');
  });

  it('are those of before while there is no such Service, this one at first, which is told', () => {
    const { replicas, addressesAfter } = setUp();
    assert.deepEqual(addressesAfter(), ['10.0.0.1']);
    assert.deepEqual(addressesAfter(slice([endpoint('10.0.0.1'), endpoint('10.0.0.2')])), ['10.0.0.1', '10.0.0.2']);
    assert.deepEqual(addressesAfter(), ['10.0.0.1', '10.0.0.2']);
    assert.deepEqual(replicas.seen(), []);
    assert.deepEqual(addressesAfter(slice([endpoint('10.0.0.2')])), ['10.0.0.2']);
  });
});
