// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import type { TestRequest } from './backend.test-support.ts';
import { at, cleanUp, closedPort, startBackend, World } from './cluster-pool.test-support.ts';

afterEach(cleanUp);

/** Does something as `request` gets its stream. */
function onceOpen(request: TestRequest | undefined, act: () => void): void {
  if (request === undefined) return;
  const onOpen = request.onOpen.bind(request);
  request.onOpen = (stream, endpoint) => {
    act();
    onOpen(stream, endpoint);
  };
}

describe('a cluster in a worker', () => {
  it('sends all streams to an endpoint over one connection, opened by the first', async () => {
    const backend = await startBackend();
    const world = new World({}, [backend.endpoint]);
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => world.call()));
    assert.deepEqual(new Set(outcomes), new Set(['200']));
    assert.equal(backend.connections, 1);
    assert.equal(backend.served, 50);
    assert.equal(world.pool.pending, 0);
  });

  it('opens synchronously when a connection is ready', async () => {
    const backend = await startBackend();
    const world = new World({}, [backend.endpoint]);
    await world.call();
    const request = world.open();
    assert.notEqual(request.stream, null);
    await request.outcome;
  });

  it('balances per stream, evenly with round robin', async () => {
    const backends = await Promise.all([startBackend(), startBackend(), startBackend()]);
    const world = new World(
      {},
      backends.map(backend => backend.endpoint),
    );
    await world.ports(30);
    assert.deepEqual(
      backends.map(backend => backend.served),
      [10, 10, 10],
    );
  });

  it('takes another connection when the peer allows no more streams, and shares it out', async () => {
    const backend = await startBackend({ maxConcurrentStreams: 2 });
    backend.hold = true;
    const world = new World({}, [backend.endpoint]);
    const first = world.open();
    await first.opened;
    await once(backend.server, 'stream');
    const others = Array.from({ length: 4 }, () => world.open());
    await Promise.all(others.map(request => request.opened));
    assert.equal(backend.connections, 3);
    backend.hold = false;
    while (backend.served < 5) await once(backend.server, 'stream');
    backend.release();
    await Promise.all([first, ...others].map(request => request.outcome));
  });

  it('fails over to the next endpoint when a connect is refused, and does not ask the bad one again', async () => {
    const good = await startBackend();
    const world = new World({}, [at(await closedPort()), good.endpoint]);
    assert.deepEqual(new Set(await world.ports(10)), new Set([good.port]));
    assert.equal(world.events.length <= 1, true);
  });

  it('fails with connect_failure when every endpoint refuses, after each was tried once', async () => {
    const world = new World({}, [at(await closedPort()), at(await closedPort())]);
    assert.equal(await world.call(), 'failed: connect_failure: could not connect to the backend: connection refused');
    assert.equal(world.events.length, 2);
    assert.equal(await world.call(), 'failed: connect_failure: could not connect to the backend: connection refused');
    assert.equal(world.events.length, 2, 'asked again too soon');
  });

  it('fails with no_endpoint when there is none', async () => {
    assert.equal(await new World({}, []).call(), 'failed: no_endpoint: the backend has no ready endpoint');
  });

  it('gives up a connect after the timeout', async () => {
    const clock = new VirtualClock();
    // A socket that never connects.
    const dial = (): Socket => new Socket();
    const world = new World({ connectTimeoutMs: 700 }, [at(9)], { clock, dial });
    const { outcome } = world.open();
    clock.advance(699);
    assert.equal(world.pool.pending, 1);
    clock.advance(1);
    assert.equal(await outcome, 'failed: connect_timeout: no connection to the backend within 700 ms');
  });

  it('does not wait for a slow connect while another endpoint is connected', async () => {
    const good = await startBackend();
    const clock = new VirtualClock();
    const dial = (host: string, port: number): Socket => (port === 9 ? new Socket() : connect({ host, port }));
    const world = new World({ connectTimeoutMs: 10_000 }, [at(9), good.endpoint], { clock, dial });
    await world.call({ pinned: `127.0.0.1:${good.port}` });
    const stuck = world.open({ pinned: '127.0.0.1:9' });
    clock.advance(249);
    assert.equal(world.pool.pending, 1);
    clock.advance(1);
    assert.equal(await stuck.outcome, '200');
    assert.deepEqual(new Set(await world.ports(4)), new Set([good.port]));
  });

  it('fails no request because connects are slow: it goes to an endpoint that is connected, past others that are slow too', async () => {
    const good = await startBackend();
    const clock = new VirtualClock();
    const dial = (host: string, port: number): Socket => (port < 10 ? new Socket() : connect({ host, port }));
    const slow = [at(6), at(7), at(8), at(9)];
    const world = new World({ connectTimeoutMs: 10_000 }, [...slow, good.endpoint], { clock, dial });
    await world.call({ pinned: `127.0.0.1:${good.port}` });
    const stuck = Array.from({ length: 8 }, (_, turn) => world.open({ pinned: `127.0.0.1:${6 + (turn % 4)}` }));
    clock.advance(250);
    assert.equal(world.pool.pending, 0);
    for (const { outcome } of stuck) assert.equal(await outcome, '200');
  });

  it('waits on for a slow connect when nothing else is connected', async () => {
    const backend = await startBackend();
    const clock = new VirtualClock();
    const late: Socket[] = [];
    const dial = (_host: string, port: number): Socket => {
      const socket = new Socket();
      if (port === backend.port) late.push(socket);
      return socket;
    };
    const world = new World({ connectTimeoutMs: 10_000 }, [at(7), at(8), at(9), backend.endpoint], { clock, dial });
    const requests = [7, 8, 9, backend.port].map(port => world.open({ pinned: `127.0.0.1:${port}` }));
    for (let waitedMs = 0; waitedMs < 5_000; waitedMs += 250) clock.advance(250);
    assert.equal(world.pool.pending, requests.length);
    for (const socket of late) socket.connect(backend.port, '127.0.0.1');
    for (const { outcome } of requests) assert.equal(await outcome, '200');
  });

  it('loses none of those that wait when one that got its stream at another endpoint ends the next in line', async () => {
    const good = await startBackend();
    const clock = new VirtualClock();
    const dial = (host: string, port: number): Socket => (port === 9 ? new Socket() : connect({ host, port }));
    const world = new World({ connectTimeoutMs: 10_000 }, [at(9), good.endpoint], { clock, dial });
    await world.call({ pinned: `127.0.0.1:${good.port}` });
    const stuck = [9, 9, 9, 9].map(port => world.open({ pinned: `127.0.0.1:${port}` }));
    onceOpen(stuck[0], () => world.pool.cancel(stuck[1] as TestRequest));
    clock.advance(250);
    assert.equal(world.pool.pending, 0);
    assert.deepEqual(
      stuck.map(({ stream }) => stream !== null),
      [true, false, true, true],
    );
  });

  it('gives no stream to a request that another one ended while those of a lost endpoint were placed', async () => {
    const [good, closed] = [await startBackend(), await closedPort()];
    const world = new World({}, [at(closed), good.endpoint]);
    await world.call({ pinned: `127.0.0.1:${good.port}` });
    const lost = [1, 2, 3].map(() => world.open({ pinned: `127.0.0.1:${closed}` }));
    onceOpen(lost[0], () => world.pool.cancel(lost[1] as TestRequest));
    for (const at of [0, 2]) assert.equal(await lost[at]?.outcome, '200');
    assert.deepEqual([lost[1]?.stream === null, world.pool.pending], [true, 0]);
  });

  it('lets only so many requests wait; over that: overload', async () => {
    const backend = await startBackend();
    const world = new World({ maxPendingRequests: 2 }, [backend.endpoint]);
    const requests = [world.open(), world.open(), world.open()];
    assert.match((await requests[2]?.outcome) ?? '', /^failed: overload/);
    assert.deepEqual(await Promise.all(requests.slice(0, 2).map(request => request.outcome)), ['200', '200']);
  });

  it('lets the client that fills the line give way to others, its newest request first', async () => {
    const backend = await startBackend();
    const world = new World({ maxPendingRequests: 8 }, [backend.endpoint]);
    const [greedy, first, second] = [{}, {}, {}];
    const many = Array.from({ length: 8 }, () => world.open({ client: greedy }));
    const others = [world.open({ client: first }), world.open({ client: second }), world.open({ client: first })];
    assert.equal(world.pool.pending, 8);
    assert.match((await world.open({ client: greedy }).outcome) ?? '', /^failed: overload/);
    const outcomes = await Promise.all([...many, ...others].map(request => request.outcome));
    assert.deepEqual(
      outcomes.map(outcome => outcome.slice(0, 16)),
      [...Array(5).fill('200'), ...Array(3).fill('failed: overload'), '200', '200', '200'],
    );
  });

  it('takes no place of a client that has as few requests in the line', async () => {
    const backend = await startBackend();
    const world = new World({ maxPendingRequests: 2 }, [backend.endpoint]);
    const waiting = [world.open({ client: {} }), world.open({ client: {} })];
    assert.match((await world.open({ client: {} }).outcome) ?? '', /^failed: overload/);
    assert.deepEqual(await Promise.all(waiting.map(request => request.outcome)), ['200', '200']);
  });

  it('forgets a request that is cancelled while it waits', async () => {
    const backend = await startBackend();
    const world = new World({}, [backend.endpoint]);
    const [gone, kept] = [world.open(), world.open()];
    world.pool.cancel(gone);
    assert.equal(world.pool.pending, 1);
    assert.equal(await kept.outcome, '200');
    assert.equal(gone.stream, null);
  });
});
