// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Gateway, parseResource, type Service } from '../../resources/index.ts';
import { ReportedAddresses } from './reported-addresses.ts';

const OURS = 'daemun.dev/gateway-controller';
const web = { namespace: 'a', name: 'web' };

function read(object: object): Gateway | Service {
  const parsed = parseResource(object, { defaultNamespace: 'a' });
  if (parsed.outcome !== 'resource') throw new Error(JSON.stringify(parsed));
  return parsed.resource as Gateway | Service;
}

const gateway = {
  ...read({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'web' },
    spec: { gatewayClassName: 'c', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
  }),
  status: { addresses: [{ type: 'Hostname', value: 'lb-1.example.net', routability: '' }] },
} as Gateway;

const service = (spec: object, controller = OURS) =>
  read({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'web-daemun',
      labels: { 'app.kubernetes.io/managed-by': 'daemun' },
      annotations: { 'owned.daemun.dev/controller': controller, 'owned.daemun.dev/gateway': 'web' },
    },
    spec: { type: 'LoadBalancer', ports: [{ name: 'tcp-80', port: 80, targetPort: 12_000 }], ...spec },
    status: { loadBalancer: { ingress: [{ hostname: 'lb-1.example.net' }] } },
  }) as Service;

function bookOf(...services: readonly Service[]): ReportedAddresses {
  const book = new ReportedAddresses(OURS);
  book.assign({
    gateways: new Map([['a/web', gateway]]),
    services: new Map(services.map(one => [`a/${one.metadata.name}`, one])),
  });
  return book;
}

describe('what those who look at a cluster know of the Service of a Gateway', () => {
  it('is what stands there: its addresses, and its ports as clients use them', () => {
    assert.deepEqual(bookOf(service({})).serviceOf(web), {
      name: 'a/web-daemun',
      podAddresses: ['lb-1.example.net'],
      targetPorts: new Map([['80/tcp', 80]]),
      state: { state: 'made', type: 'LoadBalancer', addresses: [{ type: 'Hostname', value: 'lb-1.example.net' }] },
    });
  });

  it('is nothing where addresses are those of a machine, or another controller made it', () => {
    assert.equal(bookOf(service({ type: 'ClusterIP', clusterIP: 'None' })).serviceOf(web), null);
    assert.equal(bookOf(service({}, 'example.com/other')).serviceOf(web), null);
    assert.equal(bookOf().serviceOf(web), null);
  });
});
