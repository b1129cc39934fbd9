// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Gateway, parseResource } from '../../resources/index.ts';
import type { GatewayOutcome } from '../../translate/index.ts';
import type { OwnedObject } from './owned-object.ts';
import type { Replica } from './replicas.ts';
import { serviceObjects } from './service-objects.ts';

const parsed = parseResource(
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'web', namespace: 'a' },
    spec: { gatewayClassName: 'c', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
  },
  { defaultNamespace: 'a' },
);
if (parsed.outcome !== 'resource') throw new Error(JSON.stringify(parsed));
const gateway = parsed.resource as Gateway;

const replica = (address: string): Replica => ({
  addresses: [address],
  conditions: { ready: true, serving: true, terminating: false },
});

interface Wanted {
  readonly ports?: number;
  readonly addresses?: readonly string[];
  readonly clusterIps?: GatewayOutcome['assignment']['clusterIps'];
}

function objectsOf({ ports = 1, addresses = ['10.0.0.1'], clusterIps = null }: Wanted): readonly OwnedObject[] {
  const numbers = Array.from({ length: ports }, (_, at) => 80 + at);
  const service = { name: 'a/web-daemun', type: 'LoadBalancer' as const, loadBalancerIp: null, parameters: {} };
  return serviceObjects({
    gateway,
    outcome: {
      controllerName: 'c',
      addresses,
      assignment: { reported: [], missing: [], clusterIps, service, isTold: true },
    },
    uid: 'u',
    listeners: numbers.map(port => ({ port, protocol: 'HTTP' })),
    replicas: addresses.map(replica),
    targets: new Map(numbers.map(port => [`${port}/tcp`, 10_000 + port])),
  });
}

const bodyOf = ({ body }: OwnedObject) =>
  body as { readonly endpoints: readonly object[]; readonly ports: readonly object[]; readonly spec: object };

describe('the objects of a Gateway that is reached through a Service', () => {
  it('are a slice for each family that its Pods have', () => {
    const [, v4, v6, ...others] = objectsOf({ addresses: ['10.0.0.1', 'fd00::1'] });
    assert.deepEqual(others, []);
    assert.deepEqual([v4?.key, v6?.key], ['EndpointSlice/a/web-daemun', 'EndpointSlice/a/web-daemun-v6']);
    assert.deepEqual(v6 && bodyOf(v6).endpoints, [replica('fd00::1')]);
  });

  it('are further slices where there are more ports than the API takes in one', () => {
    const [service, ...slices] = objectsOf({ ports: 130 });
    assert.equal(service?.ports.length, 130);
    assert.deepEqual(
      slices.map(slice => [slice.key, bodyOf(slice).ports.length]),
      [
        ['EndpointSlice/a/web-daemun', 100],
        ['EndpointSlice/a/web-daemun-2', 30],
      ],
    );
  });

  it('are further Services for further ClusterIPs; the first that may be any is its own', () => {
    const wanted = [
      { value: '', place: 0 },
      { value: '', place: 1 },
      { value: 'fd00:10::7', place: 0 },
    ];
    const objects = objectsOf({ clusterIps: { wanted, backing: '10.0.0.1' } });
    const services = objects.filter(({ key }) => key.startsWith('Service/'));
    assert.deepEqual(
      services.map(({ key }) => key),
      ['Service/a/web-daemun', 'Service/a/web-daemun-ip-1', 'Service/a/web-daemun-ip-fd00-10--7'],
    );
    const ports = [{ name: 'tcp-80', port: 80, protocol: 'TCP', targetPort: 10_080 }];
    const asked = { clusterIP: 'fd00:10::7', ipFamilies: ['IPv6'] };
    assert.deepEqual(services[2] && bodyOf(services[2]).spec, {
      type: 'ClusterIP',
      ...asked,
      ipFamilyPolicy: 'SingleStack',
      ports,
    });
  });
});
