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
  return bookOfGateway(gateway, ...services);
}

function bookOfGateway(one: Gateway, ...services: readonly Service[]): ReportedAddresses {
  const book = new ReportedAddresses(OURS);
  book.assign({
    gateways: new Map([['a/web', one]]),
    services: new Map(services.map(each => [`a/${each.metadata.name}`, each])),
  });
  return book;
}

/** That asks for these addresses, and reports those of the cluster beside one of a machine. */
function clustered(asked: readonly string[], reported: readonly string[]): ReportedAddresses {
  const inCluster = reported.map(value => ({ type: 'IPAddress', value, routability: 'Cluster' }));
  const bound = { type: 'IPAddress', value: '192.0.2.9', routability: '' };
  const addresses = asked.map(value => ({ type: 'IPAddress', value, routability: 'Cluster' }));
  return bookOfGateway({
    ...gateway,
    spec: { ...gateway.spec, addresses },
    status: { addresses: [bound, ...inCluster] },
  } as Gateway);
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

describe('an address of the cluster that a Gateway asks for', () => {
  it('is the one of that value, however it is written, or none yet', () => {
    const book = clustered(['fd00::0:1', '10.96.0.7'], ['10.96.0.4', 'fd00::1']);
    assert.deepEqual(book.clusterAddress(web, { value: 'fd00::1', place: 0 }), { state: 'assigned', value: 'fd00::1' });
    assert.deepEqual(book.clusterAddress(web, { value: '10.96.0.7', place: 0 }), { state: 'pending' });
  });

  it('is without a value one of those that no other entry asks for by value, in order', () => {
    const book = clustered(['', '10.96.0.4', ''], ['10.96.0.4', '10.96.0.5', '10.96.0.6']);
    const of = (place: number) => book.clusterAddress(web, { value: '', place });
    assert.deepEqual(of(0), { state: 'assigned', value: '10.96.0.5' });
    assert.deepEqual(of(1), { state: 'assigned', value: '10.96.0.6' });
    assert.deepEqual(of(2), { state: 'pending' });
  });

  it('stands for the Gateway only where no address of a machine is reported', () => {
    const book = clustered([''], ['10.96.0.4']);
    assert.deepEqual([book.addressOf(web, 0), book.addressOf(web, 1)], ['192.0.2.9', '10.96.0.4']);
    assert.equal(clustered([], []).addressOf({ namespace: 'a', name: 'other' }, 0), '0.0.0.0');
  });
});
