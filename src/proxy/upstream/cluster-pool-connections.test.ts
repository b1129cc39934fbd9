// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { until } from '../../time/until.test-support.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { cleanUp, listen, startBackend, World } from './cluster-pool.test-support.ts';
import { FRAME, rawBackend } from './raw-backend.test-support.ts';

afterEach(cleanUp);

describe('a cluster whose connections end', () => {
  it('resets the streams of a killed backend and sends the next request elsewhere', async () => {
    const [killed, other] = [await startBackend(), await startBackend()];
    const world = new World({}, [killed.endpoint, other.endpoint]);
    await world.ports(2);
    killed.hold = true;
    const pinned = world.open({ pinned: `127.0.0.1:${killed.port}` });
    await once(killed.server, 'stream');
    await killed.kill();
    assert.match(await pinned.outcome, /^reset: connection/);
    assert.deepEqual(new Set(await world.ports(6)), new Set([other.port]));
  });

  it('replaces a connection after GOAWAY without failing a request', async () => {
    const backend = await startBackend();
    const world = new World({}, [backend.endpoint]);
    await world.call();
    backend.hold = true;
    const running = world.open();
    await once(backend.server, 'stream');
    backend.hold = false;
    for (const session of backend.sessions) session.close();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => world.call()));
    backend.release();
    assert.equal(await running.outcome, '200');
    assert.deepEqual(new Set(outcomes), new Set(['200']));
  });

  it('comes back to an endpoint in the background once it is there again', async () => {
    const clock = new VirtualClock();
    const [first, other] = [await startBackend(), await startBackend()];
    const { port } = first;
    const world = new World({}, [first.endpoint, other.endpoint], { clock });
    await world.ports(2);
    await first.kill();
    while (world.events.length === 0) await world.call();
    const again = await startBackend({ port });
    const connected = once(again.server, 'session');
    clock.advance(1_200);
    await connected;
    while (again.served === 0) assert.equal(await world.call(), '200');
  });

  it('counts a peer that closes at once as a failed connect', async () => {
    const world = new World({}, [await listen(socket => socket.destroy())]);
    assert.match(await world.call(), /^failed: connect_failure: the backend's connection was /);
  });

  it('counts a peer that does not speak HTTP/2 as a failed connect', async () => {
    const world = new World({}, [await listen(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))]);
    assert.match(await world.call(), /^failed: connect_failure: the backend does not speak HTTP\/2/);
  });

  it('counts a peer that accepts and says nothing as a connect timeout', async () => {
    const clock = new VirtualClock();
    const accepted = Promise.withResolvers<void>();
    const world = new World({ connectTimeoutMs: 20 }, [await listen(() => accepted.resolve())], { clock });
    const answer = world.call();
    await accepted.promise;
    clock.advance(20);
    assert.match(await answer, /^failed: connect_timeout/);
  });

  it('finds a peer that vanished: a PING after 20 s of silence, the end 10 s later', async () => {
    const clock = new VirtualClock();
    const types: number[] = [];
    const endpoint = await listen(socket => {
      socket.write(EMPTY_SETTINGS);
      socket.on('data', chunk => types.push(...frameTypes(chunk)));
    });
    const world = new World({}, [endpoint], { clock });
    const request = world.open();
    await until(() => types.includes(HEADERS));
    const seconds = (count: number): void => {
      for (let i = 0; i < count; i += 1) {
        clock.advance(1_000);
        world.pool.sweep(clock.nowMs());
      }
    };
    seconds(21);
    await until(() => types.includes(PING));
    seconds(10);
    assert.match(await request.outcome, /^reset: connection/);
  });

  it('has a request go elsewhere that its peer, which had broken off, never got', async () => {
    for (const protocol of ['h1', 'h2'] as const) {
      const sockets: Socket[] = [];
      const endpoint = await listen(socket => {
        sockets.push(socket);
        if (protocol === 'h1') socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
      });
      const raw = await rawBackend({
        onFrame: (connection, type, stream) => {
          if (type === FRAME.headers) connection.answer(stream);
        },
      });
      const world = new World({ protocol }, [protocol === 'h1' ? endpoint : raw.endpoint]);
      assert.equal(await world.call(), '200');
      // The system knows of the reset at once, the loop at its next turn.
      for (const socket of [...sockets, ...raw.connections.map(one => one.socket)]) socket.resetAndDestroy();
      const request = world.open({ method: 'POST' });
      assert.ok(request.stream !== null);
      world.environment.loop.flush();
      assert.match(
        await request.outcome,
        protocol === 'h1' ? /^reset: connection/ : /^reset: connection REFUSED_STREAM$/,
      );
      assert.equal(request.reason, 'refused');
    }
  });
});

const HEADERS = 1;
const PING = 6;
const EMPTY_SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

/** Types of the frames in a chunk that ends with one; the client's preface is passed over. */
function frameTypes(chunk: Buffer): number[] {
  const types: number[] = [];
  let at = chunk.subarray(0, 3).toString('latin1') === 'PRI' ? 24 : 0;
  while (at + 9 <= chunk.length) {
    types.push(chunk[at + 3] ?? 0);
    at += 9 + chunk.readUIntBE(at, 3);
  }
  return types;
}
