// SPDX-License-Identifier: Apache-2.0

/** Endpoints that are connected and of no use: requests go elsewhere or fail, and the endpoint is left alone for a while. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import type { Cluster } from '../../snapshot/index.ts';
import { until } from '../../time/until.test-support.ts';
import { SocketLoop } from '../io/socket-loop.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { cleanUp, listen, startBackend, World } from './cluster-pool.test-support.ts';
import { FRAME, type RawConnection, rawBackend } from './raw-backend.test-support.ts';

afterEach(cleanUp);

/** A world whose time is the test's. */
function virtualWorld(...of: [ConstructorParameters<typeof World>[0], ConstructorParameters<typeof World>[1]]) {
  const clock = new VirtualClock();
  const loop = new SocketLoop(() => clock.nowMs());
  return { clock, world: new World(of[0], of[1], { clock, loop }) };
}

const USELESS: readonly [string, (connection: RawConnection) => void][] = [
  ['accepts and closes', ({ socket }) => socket.destroy()],
  [
    'sends SETTINGS and closes',
    connection => {
      connection.settings();
      connection.socket.end();
    },
  ],
  [
    'sends SETTINGS and GOAWAY',
    connection => {
      connection.settings();
      connection.goaway(0);
    },
  ],
  [
    'allows no stream and says GOAWAY',
    connection => {
      connection.settings(0);
      connection.goaway(0);
    },
  ],
];

describe('a backend that need not say what it speaks', () => {
  it('is told to be there when it has answered, and not by accepting', { timeout: 60_000 }, async () => {
    let isBroken = true;
    const endpoint = await listen(socket =>
      socket.on('data', () => {
        if (isBroken) socket.destroy();
        else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      }),
    );
    const { clock, world } = virtualWorld({ protocol: 'h1' }, [endpoint]);
    for (let i = 0; i < 10; i++) {
      assert.notEqual(await world.call(), '200');
      clock.advance(10_000);
      world.pool.sweep(clock.nowMs());
    }
    assert.ok(world.events.length > 1, 'it failed again and again');
    assert.deepEqual(world.proven, []);
    isBroken = false;
    while ((await world.call()) !== '200') clock.advance(500);
    world.pool.sweep(clock.nowMs());
    assert.deepEqual(world.proven, [`127.0.0.1:${endpoint.port}`]);
  });
});

describe('requests that a backend cannot stand', () => {
  const ENDS: readonly [string, Partial<Cluster>, (socket: Socket) => void][] = [
    [
      'that ends the connection without a word, as a handler that crashes does',
      { protocol: 'h1' },
      socket => socket.end(),
    ],
    [
      'that breaks off its answer',
      { protocol: 'h1' },
      socket => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n'),
    ],
    [
      'whose answer breaks the rules',
      { protocol: 'h1' },
      socket => socket.write('HTTP/1.1 204 -\r\ncontent-length: 5\r\n\r\n'),
    ],
  ];
  for (const [what, cluster, onBad] of ENDS) {
    it(`do not keep others from one ${what}`, async () => {
      let isBad = true;
      const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';
      const endpoint = await listen(socket => socket.on('data', () => (isBad ? onBad(socket) : socket.end(answer))));
      const { world } = virtualWorld(cluster, [endpoint]);
      for (let i = 0; i < 10; i++) assert.match(await world.call(), /^reset/);
      isBad = false;
      for (let i = 0; i < 10; i++) assert.equal(await world.call(), '200');
    });
  }

  it('do not keep others from one that broke off an answer of HTTP/2', async () => {
    let isBad = true;
    const { endpoint } = await rawBackend({
      onFrame: (connection, type, stream) => {
        if (type !== FRAME.headers) return;
        if (!isBad) return connection.answer(stream);
        connection.send(FRAME.headers, 4, stream, [0x88]);
        connection.socket.end();
      },
    });
    const { world } = virtualWorld({}, [endpoint]);
    for (let i = 0; i < 10; i++) assert.match(await world.call(), /^reset/);
    isBad = false;
    for (let i = 0; i < 10; i++) assert.equal(await world.call(), '200');
  });

  it('do not keep others from one that says GOAWAY to them', async () => {
    let isBad = true;
    const { endpoint } = await rawBackend({
      onFrame: (connection, type, stream) => {
        if (type !== FRAME.headers) return;
        if (!isBad) return connection.answer(stream);
        connection.goaway(stream);
        connection.socket.end();
      },
    });
    const { world } = virtualWorld({}, [endpoint]);
    for (let i = 0; i < 10; i++) assert.match(await world.call(), /^reset/);
    isBad = false;
    for (let i = 0; i < 10; i++) assert.equal(await world.call(), '200');
  });

  it("are dialled for, but no connection is kept ready beyond gRPC's pace", async () => {
    const sockets: Socket[] = [];
    const endpoint = await listen(socket => void sockets.push(socket.end()));
    const { clock, world } = virtualWorld({ protocol: 'h1' }, [endpoint]);
    for (let i = 0; i < 5; i++) assert.notEqual(await world.call(), '200');
    const atOnce = sockets.length;
    assert.ok(atOnce >= 5 && atOnce <= 8, `${atOnce} connects for 5 calls`);
    for (let ms = 0; ms < 9_000; ms += 100) {
      clock.advance(100);
      world.pool.sweep(clock.nowMs());
      await new Promise(resolve => setImmediate(resolve));
    }
    assert.ok(sockets.length - atOnce <= 5, `${sockets.length - atOnce} connects in 9 s without a call`);
  });
});

describe('a backend that', () => {
  it('ends connections that nobody uses keeps no call waiting, and none is kept ready for it', async () => {
    const backend = await rawBackend({
      onFrame: (connection, type, stream) => {
        if (type === FRAME.headers) connection.answer(stream);
      },
    });
    const { world } = virtualWorld({}, [backend.endpoint]);
    for (let round = 1; round <= 8; round++) {
      assert.equal(await world.call(), '200', `call ${round}`);
      const used = backend.connections.length;
      backend.connections.at(-1)?.goaway(1);
      // The one that is made ready in its place, which nobody uses.
      await until(() => backend.connections.length > used && world.pool.openConnections() === 1);
      const ready = backend.connections.at(-1);
      ready?.goaway(0);
      ready?.socket.end();
      await until(() => world.pool.openConnections() === 0);
      assert.equal(backend.connections.length, used + 1);
    }
    assert.deepEqual(world.events, []);
  });

  for (const [what, onOpen] of USELESS) {
    it(`${what} is dialled at gRPC's pace, not at that of its calls`, { timeout: 60_000 }, async () => {
      const backend = await rawBackend({ onOpen });
      const { clock, world } = virtualWorld({}, [backend.endpoint]);
      for (let i = 0; i < 50; i++) assert.notEqual(await world.call(), '200');
      const atOnce = backend.connections.length;
      assert.ok(atOnce <= 3, `${atOnce} connects for 50 calls`);
      for (let ms = 0; ms < 9_000; ms += 100) {
        clock.advance(100);
        world.pool.sweep(clock.nowMs());
        assert.notEqual(await world.call(), '200');
      }
      // 1 + 1.6 + 2.56 + 4.1 s, each a fifth more or less.
      const later = backend.connections.length - atOnce;
      assert.ok(later >= 1 && later <= 5, `${later} connects in 9 s`);
      assert.deepEqual(world.proven, [], 'it is not told to be there again with each dial');
    });
  }

  it('allows no stream is not waited for beside one that does', async () => {
    const none = await rawBackend({ onOpen: connection => connection.settings(0) });
    const good = await startBackend();
    const { world } = virtualWorld({}, [none.endpoint, good.endpoint]);
    assert.deepEqual(new Set(await world.ports(20)), new Set([good.port]));
    assert.equal(none.connections.length <= 1, true);
  });

  it('allows no stream at first gets what waits when it does', async () => {
    const late = await rawBackend({
      onOpen: connection => connection.settings(0),
      onFrame: (connection, type, stream) => {
        if (type === FRAME.headers) connection.answer(stream);
      },
    });
    const { world } = virtualWorld({}, [late.endpoint]);
    const request = world.open();
    await until(() => late.connections[0]?.frames.some(({ type }) => type === FRAME.settings) === true);
    assert.equal(world.pool.pending, 1);
    late.connections[0]?.settings(5);
    assert.equal(await request.outcome, '200');
    assert.equal(late.connections.length, 1);
  });

  it('never allows a stream fails its calls after the connect timeout', async () => {
    const none = await rawBackend({ onOpen: connection => connection.settings(0) });
    const { clock, world } = virtualWorld({ connectTimeoutMs: 700 }, [none.endpoint]);
    const request = world.open();
    await until(() => (none.connections[0]?.frames.length ?? 0) > 1);
    clock.advance(700);
    assert.equal(await request.outcome, 'failed: connect_timeout: the backend allowed no stream within 700 ms');
    assert.equal(none.connections.length, 1);
  });

  it('lowers its limit to nothing keeps its streams and gets no more', async () => {
    let limit = 10;
    const shy = await rawBackend({
      onOpen: connection => connection.settings(limit),
      onFrame: (connection, type, stream) => {
        if (type === FRAME.headers && stream === 1) connection.answer(stream);
      },
    });
    const good = await startBackend();
    const { world } = virtualWorld({}, [shy.endpoint, good.endpoint]);
    const pinned = shy.endpoint.port;
    assert.equal(await world.call({ pinned: `127.0.0.1:${pinned}` }), '200');
    const running = world.open({ pinned: `127.0.0.1:${pinned}` });
    await running.opened;
    await until(() => shy.connections[0]?.frames.some(({ stream }) => stream === 3) === true);
    const before = shy.connections[0]?.frames.length ?? 0;
    limit = 0;
    shy.connections[0]?.settings(limit);
    await until(() => (shy.connections[0]?.frames.length ?? 0) > before);
    assert.deepEqual(new Set(await world.ports(10)), new Set([good.port]));
    assert.ok(shy.connections.length <= 2);
    shy.connections[0]?.answer(3);
    assert.equal(await running.outcome, '200');
  });
});
