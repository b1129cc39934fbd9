// SPDX-License-Identifier: Apache-2.0

/** Requests of clients that leave many calls unfinished, beside those of others. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, describe, it } from 'node:test';
import { until } from '../../time/until.test-support.ts';
import type { Http2Stream, MessageStream } from '../../wire/index.ts';
import type { Backend, TestRequest } from './backend.test-support.ts';
import { cleanUp, startBackend, World } from './cluster-pool.test-support.ts';

afterEach(cleanUp);

async function openHeld(world: World, backend: Backend, count: number, isApart: boolean): Promise<TestRequest[]> {
  backend.hold = true;
  const before = backend.streams.length;
  const requests = Array.from({ length: count }, () => world.open({ isApart }));
  await Promise.all(requests.map(({ opened }) => opened));
  while (backend.streams.length < before + count) await once(backend.server, 'stream');
  backend.hold = false;
  return requests;
}

function abandon(world: World, { stream, endpoint }: TestRequest): void {
  const open = stream as MessageStream;
  open.reset('cancelled');
  if (endpoint !== null) world.pool.done(endpoint, 'ok');
}

function connectionOf(request: TestRequest | undefined): unknown {
  return (request?.stream as Http2Stream | null | undefined)?.connection;
}

describe('requests that are kept apart', () => {
  it('have connections of their own, and few', async () => {
    const backend = await startBackend({ maxConcurrentStreams: 2 });
    const world = new World({}, [backend.endpoint]);
    await world.call();
    backend.hold = true;
    const apart = Array.from({ length: 30 }, () => world.open({ isApart: true }));
    while (backend.connections < 2) await once(backend.server, 'connection');
    await apart[0]?.opened;
    assert.equal(backend.connections <= 5, true);
    backend.hold = false;
    assert.equal(await world.call(), '200');
    assert.notEqual(connectionOf(apart[0]), connectionOf(world.open()));
  });

  it('do not fill the line that others wait in', async () => {
    const backend = await startBackend();
    const world = new World({ maxPendingRequests: 1_024 }, [backend.endpoint]);
    const apart = Array.from({ length: 200 }, () => world.open({ isApart: true }));
    assert.ok(world.pool.pending <= 64);
    assert.match((await apart[199]?.outcome) ?? '', /^failed: overload.*clients that take many calls back/);
    assert.equal(await world.call(), '200');
    assert.equal(await apart[0]?.outcome, '200');
  });

  it('do not make an endpoint fail for others when the backend ends their connection', async () => {
    const backend = await startBackend();
    const world = new World({}, [backend.endpoint]);
    await world.call();
    await openHeld(world, backend, 1, true);
    const [shared, own] = backend.sessions;
    own?.destroy();
    await until(() => own?.destroyed === true && backend.sessions.length === 1);
    assert.equal(await world.call(), '200');
    assert.deepEqual([backend.sessions[0] === shared, world.events], [true, []]);
  });
});

describe('a connection with many abandoned streams', () => {
  it('gets no new ones, lets the others end, and then goes, with no reset more than its server stands', async () => {
    const backend = await startBackend();
    const world = new World({}, [backend.endpoint]);
    await world.call();
    const [running] = await openHeld(world, backend, 1, false);
    for (const request of await openHeld(world, backend, 100, false)) abandon(world, request);
    assert.equal(await world.call(), '200');
    assert.equal(backend.connections, 2);
    assert.equal(backend.sessions.length, 2);
    backend.release();
    assert.equal(await running?.outcome, '200');
    world.pool.sweep(world.environment.clock.nowMs());
    await until(() => backend.sessions.length === 1);
    assert.equal(await world.call(), '200');
  });
});
