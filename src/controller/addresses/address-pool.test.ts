// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ResourceSet } from '../../resources/index.ts';
import { memoryStore } from '../../store/index.ts';
import { AddressPool } from './address-pool.ts';

interface Written {
  readonly name: string;
  readonly asks?: readonly string[];
  readonly has?: readonly string[];
  readonly class?: string;
}

async function resourcesOf(gateways: readonly Written[]): Promise<ResourceSet> {
  const classes = ['ours', 'theirs'].map(name => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GatewayClass',
    metadata: { name },
    spec: { controllerName: `example.com/${name}` },
  }));
  const objects = gateways.map(({ name, asks, class: gatewayClassName = 'ours' }) => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name },
    spec: {
      gatewayClassName,
      listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }],
      ...(asks === undefined ? {} : { addresses: asks.map(value => (value === '' ? {} : { value })) }),
    },
  }));
  const store = memoryStore([...classes, ...objects]);
  await store.start();
  const { resources } = store.current();
  const held = new Map(resources.gateways);
  for (const { name, has } of gateways) {
    const gateway = held.get(`default/${name}`);
    if (has !== undefined && gateway !== undefined) {
      held.set(`default/${name}`, {
        ...gateway,
        status: { addresses: has.map(value => ({ type: 'IPAddress', value })) },
      });
    }
  }
  return { ...resources, gateways: held };
}

const NO_CLUSTER_IPS = { assign: () => undefined, of: () => ({ state: 'pending' }) as const };
const of = (pool: AddressPool, name: string) => pool.addressOf({ namespace: 'default', name }, 0);
const poolOf = (range = '10.0.0.0/24') => new AddressPool(range, 'example.com/ours', NO_CLUSTER_IPS);

async function assigned(gateways: readonly Written[], range?: string): Promise<(string | null)[]> {
  const pool = poolOf(range);
  pool.assign(await resourcesOf(gateways));
  return gateways.map(({ name }) => of(pool, name));
}

describe('a pool of addresses', () => {
  it('gives each Gateway of ours one of its own, the same in every process', async () => {
    const names = Array.from({ length: 50 }, (_, i) => ({ name: `g${i}` }));
    const first = await assigned(names);
    assert.equal(new Set(first).size, 50);
    assert.ok(
      first.every(address => /^10\.0\.0\.([1-9]\d?|1\d\d|2[0-4]\d|25[0-4])$/.test(address ?? '')),
      first.join(),
    );
    assert.deepEqual(await assigned(names), first);
    assert.deepEqual(
      await assigned([
        { name: 'g', class: 'theirs' },
        { name: 'h', class: 'none' },
      ]),
      [null, null],
    );
  });

  it('leaves a Gateway what its status says, whatever its name stands for', async () => {
    const [natural] = await assigned([{ name: 'a' }]);
    const [a, b] = await assigned([{ name: 'a' }, { name: 'b', has: ['192.0.2.1', natural ?? ''] }]);
    assert.equal(b, natural);
    assert.notEqual(a, natural);
  });

  it('gives the older of two the address that both say they have', async () => {
    const [a, b] = await assigned([
      { name: 'a', has: ['10.0.0.9'] },
      { name: 'b', has: ['10.0.0.9'] },
    ]);
    assert.equal(a, '10.0.0.9');
    assert.notEqual(b, '10.0.0.9');
  });

  it('gives nobody an address that another one asks for', async () => {
    const [natural = ''] = await assigned([{ name: 'a' }]);
    const [a, b] = await assigned([{ name: 'a' }, { name: 'b', asks: [natural ?? ''] }]);
    assert.notEqual(a, natural);
    assert.equal(b, null, 'it asks for one itself');
  });

  it('keeps an assignment as long as its Gateway is there, and gives it away then', async () => {
    const pool = poolOf('10.0.0.0/30');
    pool.assign(await resourcesOf([{ name: 'a' }, { name: 'b' }]));
    const [a, b] = [of(pool, 'a'), of(pool, 'b')];
    assert.deepEqual([a, b].sort(), ['10.0.0.1', '10.0.0.2']);
    pool.assign(await resourcesOf([{ name: 'a' }, { name: 'b' }, { name: 'c' }]));
    assert.deepEqual([of(pool, 'a'), of(pool, 'b'), of(pool, 'c')], [a, b, null], 'the pool is used up');
    pool.assign(await resourcesOf([{ name: 'b' }, { name: 'c' }]));
    assert.deepEqual([of(pool, 'a'), of(pool, 'b'), of(pool, 'c')], [null, b, a]);
  });

  it('gives as many as a Gateway leaves open', async () => {
    const pool = poolOf();
    pool.assign(await resourcesOf([{ name: 'a', asks: ['', '10.0.0.9', ''] }]));
    const gateway = { namespace: 'default', name: 'a' };
    const given = [0, 1, 2].map(place => pool.addressOf(gateway, place));
    assert.equal(given[2], null);
    assert.equal(new Set([...given, '10.0.0.9']).size, 4);
  });

  it('has one more for a Gateway that asks for ClusterIPs, however many, which must be of its family', async () => {
    const pool = poolOf();
    const { gateways, ...others } = await resourcesOf([{ name: 'a', asks: ['', '10.96.0.7', ''] }]);
    const [[key, gateway] = assert.fail()] = gateways;
    const addresses = gateway.spec.addresses?.map((entry, index) =>
      index === 0 ? entry : { ...entry, routability: 'Cluster' },
    );
    const asking = { ...gateway, spec: { ...gateway.spec, addresses: addresses ?? [] } };
    pool.assign({ ...others, gateways: new Map([[key, asking]]) });
    const given = [0, 1, 2].map(place => pool.addressOf(gateway.metadata, place));
    assert.equal(new Set(given).size, 3);
    assert.equal(given[2], null);
    assert.equal(pool.clusterAddress(gateway.metadata, { value: '10.96.0.7', place: 0 }).state, 'pending');
    assert.equal(pool.clusterAddress(gateway.metadata, { value: 'fd00::7', place: 0 }).state, 'refused');
  });

  it('says which addresses it cannot give', () => {
    const pool = poolOf('2001:db8::/64');
    assert.equal(pool.refusal('2001:db8::7'), null);
    assert.match(pool.refusal('10.0.0.1') ?? '', /not in the pool 2001:db8::\/64/);
  });
});
