// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleCluster } from '../../snapshot/cluster.test-support.ts';
import { type Cluster, endpointsOf } from '../../snapshot/index.ts';
import { RateLimitedLog } from '../log/rate-limited-log.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { DnsDiscovery } from './dns.ts';
import { elsewhere, type NameServers, type Resolution, systemResolver } from './host-resolver.ts';

const settled = () => new Promise(resolve => setImmediate(resolve));

function dnsCluster(id: string, ...targets: [host: string, port: number][]): Cluster {
  const discovery = { kind: 'dns' as const, targets: targets.map(([host, port]) => ({ host, port })) };
  return sampleCluster(id, { discovery });
}

class World {
  readonly clock = new VirtualClock();
  readonly asked: string[] = [];
  readonly warnings: string[] = [];
  readonly good: string[] = [];
  changes = 0;
  answers = new Map<string, Resolution>();
  readonly discovery: DnsDiscovery;

  constructor() {
    const log = {
      info: (message: string) => void this.good.push(message),
      error() {},
      warn: (message: string) => void this.warnings.push(message),
    };
    this.discovery = new DnsDiscovery({
      resolve: async host => {
        this.asked.push(host);
        const answer = this.answers.get(host);
        if (answer === undefined) throw new Error(`queryA ENOTFOUND ${host}`);
        return answer;
      },
      clock: this.clock,
      log: new RateLimitedLog(log, this.clock),
      onChange: () => {
        this.changes += 1;
      },
    });
  }

  addresses(cluster: string): string[] {
    const set = this.discovery.endpointsOf(cluster);
    return (set === undefined ? [] : endpointsOf(set)).map(
      endpoint => `${endpoint.address} ${endpoint.port} ${endpoint.name}`,
    );
  }
}

describe('DNS discovery', () => {
  it('tells of a thousand names a few times, and has all of them at once', async () => {
    const world = new World();
    const names = Array.from({ length: 1_000 }, (_, at) => `${at}.test`);
    for (const name of names) world.answers.set(name, { addresses: ['10.0.0.1'], ttlMs: 5_000 });
    await world.discovery.update(names.map(name => dnsCluster(name, [name, 80])));
    assert.deepEqual(world.addresses('999.test'), ['10.0.0.1 80 999.test']);
    assert.equal(world.changes, 1);
    for (const name of names) world.answers.set(name, { addresses: ['10.0.0.2'], ttlMs: 5_000 });
    world.clock.advance(5_000);
    await settled();
    world.clock.advance(200);
    assert.deepEqual(world.addresses('999.test'), ['10.0.0.2 80 999.test']);
    assert.ok(world.changes < 5, `${world.changes}`);
    world.discovery.close();
    assert.equal(world.clock.pending, 0);
  });

  it('makes every address of every target an endpoint, sorted and without doubles', async () => {
    const world = new World();
    world.answers.set('a.test', { addresses: ['10.0.0.2', '10.0.0.1', '10.0.0.2', 'fd00::1'], ttlMs: 5_000 });
    world.answers.set('b.test', { addresses: ['10.0.0.1'], ttlMs: 5_000 });
    await world.discovery.update([dnsCluster('x', ['a.test', 80], ['b.test', 81])]);
    assert.deepEqual(world.addresses('x'), [
      '10.0.0.1 80 a.test',
      '10.0.0.1 81 b.test',
      '10.0.0.2 80 a.test',
      'fd00::1 80 a.test',
    ]);
    world.discovery.close();
    assert.equal(world.clock.pending, 0);
  });

  it('resolves a name once for all its clusters and asks again at its TTL, between 1 s and 30 s', async () => {
    const world = new World();
    for (const [host, ttlMs] of [
      ['zero.test', 0],
      ['long.test', 3_600_000],
      ['some.test', 7_000],
      ['none.test', null],
    ] as const) {
      world.answers.set(host, { addresses: ['10.0.0.1'], ttlMs });
      await world.discovery.update([dnsCluster('x', [host, 80]), dnsCluster('y', [host, 80])]);
      assert.deepEqual(world.asked.splice(0), [host]);
      const expected = { 'zero.test': 1_000, 'long.test': 30_000, 'some.test': 7_000, 'none.test': 5_000 }[host];
      world.clock.advance(expected - 1);
      assert.deepEqual(world.asked, []);
      world.clock.advance(1);
      assert.deepEqual(world.asked.splice(0), [host]);
      await settled();
    }
  });

  it('keeps the old addresses when a refresh fails, and says so', async () => {
    const world = new World();
    world.answers.set('a.test', { addresses: ['10.0.0.1'], ttlMs: 1_000 });
    await world.discovery.update([dnsCluster('x', ['a.test', 80])]);
    const before = world.discovery.endpointsOf('x');
    world.answers.delete('a.test');
    world.clock.advance(1_000);
    await settled();
    assert.equal(world.discovery.endpointsOf('x'), before);
    assert.match(world.warnings[0] ?? '', /cannot resolve a.test: its 1 known addresses stay in use/);
    world.answers.set('a.test', { addresses: ['10.0.0.9'], ttlMs: 1_000 });
    world.clock.advance(5_000);
    await settled();
    assert.deepEqual(world.addresses('x'), ['10.0.0.9 80 a.test']);
  });

  it('says once that a name cannot be resolved, however long that lasts, and once that it can', async () => {
    const world = new World();
    await world.discovery.update([dnsCluster('x', ['a.test', 80])]);
    const sinceMs = world.clock.wallMs();
    for (let tries = 0; tries < 20; tries++) {
      world.clock.advance(5_000);
      await settled();
    }
    assert.equal(world.asked.length, 21);
    assert.deepEqual(world.warnings, ['cannot resolve a.test: its clusters have no endpoints']);
    const [trouble] = world.discovery.unresolved;
    assert.deepEqual(trouble, { name: 'a.test', reason: 'queryA ENOTFOUND a.test', sinceMs, kept: 0 });
    world.answers.set('a.test', { addresses: ['10.0.0.1'], ttlMs: 1_000 });
    world.clock.advance(5_000);
    await settled();
    assert.deepEqual([world.good, world.discovery.unresolved], [['a.test is resolved again'], []]);
  });

  it('tells of changes only, and keeps the object of a set that is the same', async () => {
    const world = new World();
    world.answers.set('a.test', { addresses: ['10.0.0.1', '10.0.0.2'], ttlMs: 1_000 });
    await world.discovery.update([dnsCluster('x', ['a.test', 80])]);
    const before = world.discovery.endpointsOf('x');
    world.changes = 0;
    world.answers.set('a.test', { addresses: ['10.0.0.2', '10.0.0.1'], ttlMs: 1_000 });
    world.clock.advance(1_000);
    await settled();
    assert.equal(world.changes, 0);
    assert.equal(world.discovery.endpointsOf('x'), before);
  });

  it('forgets names that no cluster has any more', async () => {
    const world = new World();
    world.answers.set('a.test', { addresses: ['10.0.0.1'], ttlMs: 1_000 });
    await world.discovery.update([dnsCluster('x', ['a.test', 80])]);
    await world.discovery.update([]);
    assert.equal(world.clock.pending, 0);
    assert.equal(world.discovery.endpointsOf('x'), undefined);
  });

  it('keeps what is known of a version of IP while nobody can say', async () => {
    const world = new World();
    world.answers.set('a.test', { addresses: ['10.0.0.1', 'fd00::1'], ttlMs: 1_000 });
    await world.discovery.update([dnsCluster('x', ['a.test', 80])]);
    world.answers.set('a.test', { addresses: ['fd00::2'], ttlMs: 1_000, unanswered: 4 });
    world.clock.advance(1_000);
    await settled();
    assert.deepEqual(world.addresses('x'), ['10.0.0.1 80 a.test', 'fd00::2 80 a.test']);
    world.answers.set('a.test', { addresses: ['fd00::2'], ttlMs: 1_000 });
    world.clock.advance(1_000);
    await settled();
    assert.deepEqual(world.addresses('x'), ['fd00::2 80 a.test']);
  });
});

describe('the system resolver', () => {
  it('says of which version of IP nobody could tell, but for an answer that there is none', async () => {
    /** Name servers that say this of A and of AAAA; a text is the code of a failure. */
    const resolved = (...said: readonly (readonly string[] | string)[]) => {
      const [ofA, ofAaaa] = said.map(one => async () => {
        if (typeof one === 'string') throw Object.assign(new Error(one), { code: one });
        return one.map(address => ({ address, ttl: 5 }));
      });
      return systemResolver(
        new VirtualClock(),
        () => ({ resolve4: ofA, resolve6: ofAaaa }) as unknown as NameServers,
      )('a.test');
    };
    const found = { addresses: ['10.0.0.1'], ttlMs: 5_000 };
    assert.deepEqual(await resolved(['10.0.0.1'], 'ENODATA'), found);
    assert.deepEqual(await resolved(['10.0.0.1'], []), found);
    for (const code of ['ESERVFAIL', 'ETIMEOUT', 'EREFUSED'])
      assert.deepEqual(await resolved(['10.0.0.1'], code), { ...found, unanswered: 6 });
    assert.equal((await resolved('ETIMEOUT', ['fd00::1'])).unanswered, 4);
  });

  it('asks those who are the name servers now', async () => {
    const clock = new VirtualClock();
    let reads = 0;
    const read = (): NameServers => {
      const address = `10.0.0.${++reads}`;
      const [resolve4, resolve6] = [async () => [{ address, ttl: 5 }], async () => []];
      return { resolve4, resolve6 } as unknown as NameServers;
    };
    const resolve = systemResolver(clock, read);
    const addresses = async (): Promise<readonly string[]> => (await resolve('a.test')).addresses;
    assert.deepEqual(await addresses(), ['10.0.0.1']);
    clock.advance(29_999);
    assert.deepEqual(await addresses(), ['10.0.0.1']);
    clock.advance(1);
    assert.deepEqual(await addresses(), ['10.0.0.2']);
  });

  it('gives an address back, for good', async () => {
    assert.deepEqual(await systemResolver(new VirtualClock())('127.0.0.1'), {
      addresses: ['127.0.0.1'],
      ttlMs: Number.POSITIVE_INFINITY,
    });
  });

  it('knows localhost without DNS', async () => {
    const { addresses, ttlMs } = await systemResolver(new VirtualClock())('localhost');
    assert.ok(addresses.includes('127.0.0.1') || addresses.includes('::1'));
    assert.equal(ttlMs, null);
  });
});

describe('names of strangers', () => {
  const leadingTo = (...addresses: string[]) => elsewhere(async () => ({ addresses, ttlMs: 5 }))('a.test');

  it('do not lead to the machine of the gateway', async () => {
    for (const address of [
      '127.0.0.1',
      '127.8.0.1',
      '::1',
      '::ffff:127.0.0.1',
      '0.0.0.0',
      '::',
      '169.254.169.254',
      'fe80::1',
    ])
      await assert.rejects(
        leadingTo(address),
        /it leads to .*, which is on whatever machine the gateway runs on/,
        address,
      );
    await assert.rejects(elsewhere(systemResolver(new VirtualClock()))('localhost'));
  });

  it('lead to every other address that they have', async () => {
    assert.deepEqual(await leadingTo('127.0.0.1', '10.0.0.1', 'fd00::1'), {
      addresses: ['10.0.0.1', 'fd00::1'],
      ttlMs: 5,
    });
  });
});
