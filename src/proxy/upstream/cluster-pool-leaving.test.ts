// SPDX-License-Identifier: Apache-2.0

/** Endpoints that end their connections in order, with GOAWAY, as they take requests. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { until } from '../../time/until.test-support.ts';
import { SocketLoop } from '../io/socket-loop.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { cleanUp, World } from './cluster-pool.test-support.ts';
import { FRAME, rawBackend } from './raw-backend.test-support.ts';

afterEach(cleanUp);

/** A world whose time is the test's. */
function virtualWorld(...of: [ConstructorParameters<typeof World>[0], ConstructorParameters<typeof World>[1]]) {
  const clock = new VirtualClock();
  const loop = new SocketLoop(() => clock.nowMs());
  return { clock, world: new World(of[0], of[1], { clock, loop }) };
}

describe('a backend that leaves, and', () => {
  it('takes one stream for each connection serves all calls, with one connection for each', async () => {
    const single = await rawBackend({
      onFrame: (connection, type, stream) => {
        if (type !== FRAME.headers || stream !== 1) return;
        connection.answer(1);
        connection.goaway(1);
      },
    });
    const { world } = virtualWorld({}, [single.endpoint]);
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => world.call()));
    assert.deepEqual(new Set(outcomes), new Set(['200']));
    assert.ok(single.connections.length <= 42, `${single.connections.length} connections for 40 calls`);
    const streams = single.connections.flatMap(({ frames }) => frames.filter(({ type }) => type === FRAME.headers));
    // The second GOAWAY after the same number of streams says what a connection takes.
    assert.ok(streams.length <= 40 + 39 + 38, `${streams.length} streams for 40 calls`);
  });

  it('says so with each answer, or before it, fails no call, and its connections end with their last stream', async () => {
    for (const isBefore of [true, false]) {
      const backend = await rawBackend({
        onFrame: (connection, type, stream) => {
          if (type !== FRAME.headers) return;
          if (isBefore) connection.goaway(stream);
          connection.answer(stream);
          if (!isBefore) connection.goaway(stream);
        },
      });
      const { world } = virtualWorld({}, [backend.endpoint]);
      for (let i = 0; i < 20; i++) assert.equal(await world.call(), '200', `call ${i}`);
      assert.deepEqual(world.events, []);
      // No sweep runs here. The one that stays is kept ready.
      await until(() => world.pool.openConnections() <= 1);
    }
  });

  it('never answers what it took is one that failed', async () => {
    const backend = await rawBackend({
      onFrame: (connection, type, stream) => {
        if (type === FRAME.headers) connection.goaway(stream);
      },
    });
    const { world } = virtualWorld({}, [backend.endpoint]);
    const call = world.open();
    await until(() => backend.connections.length === 2);
    assert.deepEqual(world.events, [], 'it may answer yet');
    backend.connections[0]?.socket.end();
    assert.match(await call.outcome, /^reset/);
    await until(() => world.events.length > 0);
    assert.equal(world.events[0], `connect failed 127.0.0.1:${backend.endpoint.port}`);
  });

  it('took one stream twice is trusted with more when it goes on', async () => {
    let leaves = 2;
    const backend = await rawBackend({
      onFrame: (connection, type, stream) => {
        if (type !== FRAME.headers) return;
        connection.answer(stream);
        if (leaves === 0) return;
        leaves--;
        connection.goaway(1);
      },
    });
    const { clock, world } = virtualWorld({}, [backend.endpoint]);
    for (let round = 0; round < 15; round++) {
      const outcomes = await Promise.all(Array.from({ length: 5 }, () => world.call()));
      assert.deepEqual(new Set(outcomes), new Set(['200']));
      clock.advance(1_000);
      world.pool.sweep(clock.nowMs());
    }
    const count = backend.connections.length;
    for (let i = 0; i < 200; i++) assert.equal(await world.call(), '200');
    assert.ok(backend.connections.length <= count + 3, `${backend.connections.length - count} more for 200 calls`);
  });

  it('under long streams, again and again, is connected to anew for what comes', async () => {
    const LONG = 130;
    const backend = await rawBackend({
      onFrame: (connection, type, stream) => {
        if (type !== FRAME.headers) return;
        if (backend.connections.length <= LONG) connection.goaway(stream);
        else connection.answer(stream);
      },
    });
    const { world } = virtualWorld({}, [backend.endpoint]);
    for (let at = 0; at < LONG; at++) {
      const client = {};
      assert.equal(await world.open({ client }).opened, true, `stream ${at}`);
      await until(() => backend.connections.length === at + 2);
    }
    assert.equal(await world.call({ client: {} }), '200');
    assert.equal(world.pool.openConnections(), LONG + 1);
  });
});
