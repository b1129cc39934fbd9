// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ResourceSet } from '../../resources/index.ts';
import { memoryStore } from '../../store/index.ts';
import { ClusterIps } from './cluster-ips.ts';

const OURS = 'example.com/ours';
const WEB = { namespace: 'default', name: 'web' };
const ANY = { value: '', place: 0 };
const SERVICE = 'web-daemun-ip-0';

interface Written {
  readonly controller?: string;
  readonly gateway?: string;
  readonly clusterIP?: string;
}

async function servicesOf(written: Written | null): Promise<Pick<ResourceSet, 'services'>> {
  const { controller = OURS, gateway = 'web', clusterIP } = written ?? {};
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: SERVICE,
      labels: { 'app.kubernetes.io/managed-by': 'daemun' },
      annotations: { 'owned.daemun.dev/controller': controller, 'owned.daemun.dev/gateway': gateway },
    },
    spec: { ports: [{ port: 80 }], ...(clusterIP === undefined ? {} : { clusterIP }) },
  };
  const store = memoryStore(written === null ? [] : [service]);
  await store.start();
  return store.current().resources;
}

async function addressWith(written: Written | null) {
  const ips = new ClusterIps(OURS);
  ips.assign(await servicesOf(written));
  return ips.of(WEB, ANY);
}

describe('the ClusterIPs of Gateways', () => {
  it('are those of the Services that were made for them', async () => {
    assert.deepEqual(await addressWith(null), { state: 'pending' });
    assert.deepEqual(await addressWith({}), { state: 'pending' });
    assert.deepEqual(await addressWith({ clusterIP: '10.96.0.5' }), { state: 'assigned', value: '10.96.0.5' });
  });

  it('are not those of a Service that only has the name', async () => {
    for (const other of [{ controller: 'example.com/theirs' }, { gateway: 'another' }])
      assert.equal((await addressWith({ clusterIP: '10.96.0.5', ...other })).state, 'refused');
  });

  it('are missing for the reason that the API server gives, until it takes the Service', async () => {
    const ips = new ClusterIps(OURS);
    const none = await servicesOf(null);
    ips.assign(none);
    ips.of(WEB, ANY);
    ips.assign(none);
    assert.equal(ips.refuse(`Service/default/${SERVICE}`, 'taken'), true, 'also while a reload is running');
    ips.of(WEB, ANY);
    assert.equal(ips.refuse(`Service/default/${SERVICE}`, 'taken'), false, 'it is known');
    assert.equal(ips.refuse('Service/default/web-daemun', 'quota'), false, 'it gives no ClusterIP');
    assert.equal(ips.refuse(`EndpointSlice/default/${SERVICE}`, 'quota'), false);
    ips.assign(none);
    assert.deepEqual(ips.of(WEB, ANY), { state: 'refused', why: 'taken' });
    ips.assign(await servicesOf({ clusterIP: '10.96.0.5' }));
    assert.equal(ips.of(WEB, ANY).state, 'assigned');
  });

  it('forget what was refused to a Gateway that asks no more', async () => {
    const ips = new ClusterIps(OURS);
    const none = await servicesOf(null);
    ips.assign(none);
    ips.of(WEB, ANY);
    ips.refuse(`Service/default/${SERVICE}`, 'taken');
    ips.assign(none);
    ips.assign(none);
    assert.equal(ips.of(WEB, ANY).state, 'pending');
  });
});
