// SPDX-License-Identifier: Apache-2.0

/** Endpoints whose connections take one request at a time: how many there may be, and whose they are. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Endpoint } from '../../snapshot/index.ts';
import { until } from '../../time/until.test-support.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { type TestRequest, testBudget } from './backend.test-support.ts';
import { cleanUp, listen, World } from './cluster-pool.test-support.ts';

afterEach(cleanUp);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Speaks HTTP/1.1, and answers when it is told to. */
class SlowEndpoint {
  endpoint: Endpoint | null = null;
  /** Connections whose request has no answer yet, the oldest first. */
  readonly asked: Socket[] = [];
  /** Of all its connections, those that are open. */
  open = 0;

  static async start(): Promise<SlowEndpoint> {
    const slow = new SlowEndpoint();
    slow.endpoint = await listen(socket => {
      slow.open += 1;
      socket.on('data', () => void slow.asked.push(socket));
      socket.on('end', () => socket.end());
      socket.on('close', () => {
        slow.open -= 1;
      });
    });
    return slow;
  }

  answer(count: number): void {
    for (const socket of this.asked.splice(0, count)) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
  }
}

function worldOf(slow: SlowEndpoint, max: number, clock = new VirtualClock()): World {
  if (slow.endpoint === null) throw new Error('it was not started');
  return new World({ protocol: 'h1' }, [slow.endpoint], { clock, budget: testBudget(max, clock) });
}

function openMany(world: World, client: object, count: number): TestRequest[] {
  return Array.from({ length: count }, () => world.open({ client }));
}

/** As an exchange does it: the stream is over, and the cluster is told. */
async function end(world: World, request: TestRequest): Promise<void> {
  assert.equal(await request.outcome, '200');
  if (request.endpoint !== null) world.pool.done(request.endpoint, 'ok');
}

function served(requests: readonly TestRequest[]): number {
  return requests.filter(({ stream }) => stream !== null).length;
}

describe('an endpoint whose connections take one request each', () => {
  it('has as many connections as there are requests, and no few', async () => {
    const slow = await SlowEndpoint.start();
    const world = worldOf(slow, 10_000);
    const held = openMany(world, {}, 300);
    await until(() => slow.asked.length === 300);
    const other = world.open({ client: {} });
    await until(() => slow.asked.length === 301);
    slow.answer(301);
    await Promise.all([...held, other].map(request => end(world, request)));
    assert.equal(world.pool.openConnections(), 301);
    openMany(world, {}, 301);
    assert.equal(world.pool.openConnections(), 301, 'connections that are free again are found');
    assert.equal(world.pool.pending, 0);
  });

  it('leaves connections to others, however many long calls one client has', async () => {
    const slow = await SlowEndpoint.start();
    const world = worldOf(slow, 20);
    const greedy = openMany(world, {}, 15);
    await until(() => slow.asked.length === 8);
    assert.equal(served(greedy), 8, 'four times what is left of ten');
    const others = openMany(world, {}, 1);
    await until(() => slow.asked.length === 9);
    assert.equal(served(others), 1);
    assert.equal(world.pool.pending, 7);
  });

  it('serves who waits for a share as soon as calls end, those first whose client has least', async () => {
    const slow = await SlowEndpoint.start();
    const world = worldOf(slow, 20);
    const greedy = openMany(world, {}, 12);
    const others = [{}, {}, {}].flatMap(client => openMany(world, client, 1));
    await until(() => slow.asked.length === 10);
    assert.deepEqual([served(greedy), served(others)], [8, 2]);
    slow.answer(1);
    await Promise.race(greedy.map(request => end(world, request)));
    await until(() => served(others) === 3);
    assert.equal(served(greedy), 8, 'who came last is served before the greedy one');
    const ends = Promise.all([...greedy, ...others].map(request => end(world, request)));
    await until(() => {
      slow.answer(1);
      world.pool.sweep(0);
      return world.pool.pending === 0 && slow.asked.length === 0;
    });
    await ends;
  });

  it('serves a single client that wants all of them without standing still', async () => {
    const slow = await SlowEndpoint.start();
    const world = worldOf(slow, 20);
    const requests = openMany(world, {}, 60);
    let over = 0;
    for (const request of requests) void end(world, request).then(() => void over++);
    await until(() => {
      slow.answer(2);
      return over >= 59;
    });
    world.pool.sweep(0);
    await until(() => {
      slow.answer(1);
      return over === 60;
    });
  });
});

describe('a connection that is free', () => {
  it('keeps no client alive that had it', async () => {
    const slow = await SlowEndpoint.start();
    const world = worldOf(slow, 20);
    const gone = new WeakRef(await callOnce(world, slow));
    await until(() => {
      world.pool.sweep(0);
      collectGarbage();
      return gone.deref() === undefined;
    });
    assert.equal(world.pool.openConnections(), 1);
  });
});

/** → who called. */
async function callOnce(world: World, slow: SlowEndpoint): Promise<object> {
  const client = {};
  const request = world.open({ client });
  await until(() => slow.asked.length === 1);
  slow.answer(1);
  await end(world, request);
  return client;
}

describe('a worker with as many connections to endpoints as it may have', () => {
  it('begins no more, closes those that are idle, and then serves who waits', async () => {
    const [first, second] = [await SlowEndpoint.start(), await SlowEndpoint.start()];
    const clock = new VirtualClock();
    const budget = testBudget(3, clock);
    const [there, here] = [first, second].map(({ endpoint }) => {
      if (endpoint === null) throw new Error('it was not started');
      return new World({ protocol: 'h1' }, [endpoint], { clock, budget });
    });
    if (there === undefined || here === undefined) throw new Error('there are two');
    const client = {};
    const [idle, held] = openMany(there, client, 2);
    const beside = here.open({ client: {} });
    await until(() => first.asked.length === 2 && second.asked.length === 1);
    first.answer(1);
    await Promise.race([idle, held].map(request => request !== undefined && end(there, request)));
    const waiting = here.open({ client: {} });
    assert.equal(here.pool.pending, 1);
    assert.equal(budget.isShort, true);
    await until(() => {
      clock.advance(100);
      for (const { pool } of [there, here]) pool.sweep(clock.nowMs());
      return second.asked.length === 2;
    });
    second.answer(2);
    await Promise.all([beside, waiting].map(request => end(here, request)));
    assert.equal(there.pool.openConnections(), 1, 'the one that is used stays');
  });

  it('lets nobody wait at an endpoint that left before it had a connection', async () => {
    const slow = await SlowEndpoint.start();
    const world = worldOf(slow, 0);
    const waiting = world.open();
    assert.equal(world.pool.pending, 1);
    world.pool.update(world.pool.cluster, undefined);
    assert.match(await waiting.outcome, /^failed: connect_failure: the backend was removed/);
  });
});
