// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, describe, it } from 'node:test';
import type { Endpoint } from '../../snapshot/index.ts';
import { until } from '../../time/until.test-support.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { endpointSet } from './backend.test-support.ts';
import { at, cleanUp, startBackend, World } from './cluster-pool.test-support.ts';
import { endpointKey } from './endpoint-key.ts';

afterEach(cleanUp);

describe('a cluster whose endpoints change', () => {
  it('lets streams of a removed endpoint finish, then closes its connection', async () => {
    const [removed, kept] = [await startBackend(), await startBackend()];
    const clock = new VirtualClock();
    const world = new World({}, [removed.endpoint, kept.endpoint], { clock });
    await world.ports(2);
    removed.hold = true;
    const running = world.open({ pinned: `127.0.0.1:${removed.port}` });
    await once(removed.server, 'stream');
    world.pool.update(world.pool.cluster, endpointSet(kept.endpoint));
    assert.deepEqual(new Set(await world.ports(4)), new Set([kept.port]));
    const [session] = removed.sessions;
    removed.release();
    assert.equal(await running.outcome, '200');
    const closed = once(session ?? removed.server, 'close');
    world.pool.sweep(clock.nowMs());
    await closed;
    await until(() => {
      world.pool.sweep(clock.nowMs());
      return world.pool.endpoints().length === 1;
    });
  });

  it('uses a new endpoint only once it is connected', async () => {
    const [old, added] = [await startBackend(), await startBackend()];
    const world = new World({}, [old.endpoint]);
    await world.call();
    const connected = once(added.server, 'session');
    world.pool.update(world.pool.cluster, endpointSet(old.endpoint, added.endpoint));
    const request = world.open();
    assert.notEqual(request.stream, null, 'had to wait');
    await request.outcome;
    await connected;
    while (added.served === 0) assert.equal(await world.call(), '200');
  });

  it('uses draining endpoints only when none is ready', async () => {
    const [ready, draining] = [await startBackend(), await startBackend()];
    const leaving: Endpoint = { ...draining.endpoint, state: 'draining' };
    const world = new World({}, [ready.endpoint, leaving]);
    assert.deepEqual(new Set(await world.ports(4)), new Set([ready.port]));
    world.pool.update(world.pool.cluster, endpointSet(leaving));
    assert.deepEqual(new Set(await world.ports(4)), new Set([draining.port]));
  });

  it('sends new streams to the nearest that can be reached, and keeps sessions where they are', async () => {
    const [near, far] = [await startBackend(), await startBackend()];
    const [nearby, away]: [Endpoint, Endpoint] = [
      { ...near.endpoint, distance: 1 },
      { ...far.endpoint, distance: 2 },
    ];
    const world = new World({}, [nearby, away]);
    assert.deepEqual(new Set(await world.ports(4)), new Set([nearby.port]));
    assert.equal(await world.open({ pinned: `127.0.0.1:${far.port}` }).outcome, '200');
    assert.equal(far.served, 1);
    world.pool.update(world.pool.cluster, endpointSet({ ...nearby, distance: 2 }, far.endpoint));
    assert.deepEqual(new Set(await world.ports(4)), new Set([far.port]));
    world.pool.update(world.pool.cluster, endpointSet(nearby, away));
    await near.close();
    await until(() => world.pool.endpoints().some(endpoint => endpoint.failing));
    assert.deepEqual(new Set(await world.ports(2)), new Set([far.port]));
  });

  it('goes to another near endpoint before a far one when a try failed', () => {
    const [far, one, other]: [Endpoint, Endpoint, Endpoint] = [
      { ...at(1), distance: 2 },
      { ...at(2), distance: 1 },
      { ...at(3), distance: 1 },
    ];
    const { pool } = new World({}, [far, one, other]);
    const next = (...tried: Endpoint[]): number => {
      const taken = pool.takeUntried(0, tried.map(endpointKey));
      assert.ok(taken);
      pool.streamEnded(taken, null);
      return taken.port;
    };
    // The balancer's turn comes to the one that was tried, too.
    assert.deepEqual(
      [1, 2, 3, 4].map(() => next(one)),
      [3, 3, 3, 3],
    );
    assert.equal(next(one, other), 1);
  });

  it('closes a connection that nobody used for five minutes', async () => {
    const clock = new VirtualClock();
    const backend = await startBackend();
    const world = new World({}, [backend.endpoint], { clock });
    await world.call();
    const [session] = backend.sessions;
    clock.advance(299_000);
    world.pool.sweep(clock.nowMs());
    assert.equal(backend.sessions.length, 1);
    const closed = once(session ?? backend.server, 'close');
    clock.advance(1_000);
    world.pool.sweep(clock.nowMs());
    await closed;
    assert.equal(await world.call(), '200');
  });
});

describe('a cluster with bad endpoints', () => {
  it('ejects an endpoint after five failures in a row, at most half of them, for longer each time', async () => {
    const clock = new VirtualClock();
    const backends = await Promise.all([startBackend(), startBackend()]);
    const world = new World(
      {},
      backends.map(backend => backend.endpoint),
      { clock },
    );
    const fail = async (port: number, times: number) => {
      for (let i = 0; i < times; i += 1) {
        const request = world.open({ pinned: `127.0.0.1:${port}` });
        await request.outcome;
        if (request.endpoint !== null) world.pool.done(request.endpoint, 'failed');
      }
    };
    const [a, b] = backends.map(backend => backend.port);
    if (a === undefined || b === undefined) throw new Error('no port');
    await fail(a, 4);
    assert.equal(world.events.length, 0);
    await fail(a, 1);
    assert.deepEqual(world.events, [`ejected 127.0.0.1:${a}`]);
    assert.deepEqual(new Set(await world.ports(4)), new Set([b]));
    await fail(b, 10);
    assert.equal(world.events.length, 1, 'more than half ejected');
    clock.advance(30_000);
    assert.deepEqual(new Set(await world.ports(4)), new Set([a, b]));
    await fail(a, 5);
    clock.advance(59_999);
    assert.deepEqual(new Set(await world.ports(2)), new Set([b]));
    clock.advance(1);
    assert.deepEqual(new Set(await world.ports(4)), new Set([a, b]));
  });

  it('follows health, and forgets it when less than half are healthy', async () => {
    const backends = await Promise.all([startBackend(), startBackend(), startBackend()]);
    const check = { intervalMs: 1_000, timeoutMs: 1_000, healthyThreshold: 1, unhealthyThreshold: 1, service: '' };
    const world = new World(
      { healthCheck: check },
      backends.map(backend => backend.endpoint),
    );
    const [a, b, c] = backends.map(backend => `127.0.0.1:${backend.port}`);
    if (a === undefined || b === undefined || c === undefined) throw new Error('no port');
    world.pool.setHealth(
      new Map([
        [a, 'unhealthy'],
        [b, 'healthy'],
        [c, 'healthy'],
      ]),
    );
    assert.equal(new Set(await world.ports(6)).has(backends[0]?.port ?? 0), false);
    world.pool.setHealth(
      new Map([
        [a, 'unhealthy'],
        [b, 'unhealthy'],
        [c, 'healthy'],
      ]),
    );
    assert.equal(new Set(await world.ports(6)).size, 3);
    world.pool.setHealth(
      new Map([
        [a, 'unknown'],
        [b, 'unknown'],
        [c, 'healthy'],
      ]),
    );
    assert.deepEqual(new Set(await world.ports(6)), new Set([backends[2]?.port]));
  });

  it('honours a pinned endpoint while it is usable', async () => {
    const [a, b] = [await startBackend(), await startBackend()];
    const world = new World({}, [a.endpoint, b.endpoint]);
    const pinned = `127.0.0.1:${a.port}`;
    assert.deepEqual(new Set(await world.ports(6, { pinned })), new Set([a.port]));
    world.pool.update(world.pool.cluster, endpointSet(b.endpoint));
    assert.deepEqual(new Set(await world.ports(2, { pinned })), new Set([b.port]));
  });
});
