// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import type { Cluster, Endpoint } from '../../snapshot/index.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { Backend, endpointSet, TestRequest, testCluster, testEnvironment } from './backend.test-support.ts';
import { ClusterPool } from './cluster-pool.ts';
import type { ConnectionEnvironment } from './upstream-connection.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startBackend(options: { maxConcurrentStreams?: number; port?: number } = {}): Promise<Backend> {
  const backend = await Backend.start(options);
  cleanups.push(() => backend.close());
  return backend;
}

/** RST_STREAM or GOAWAY with REFUSED_STREAM. */
const REFUSED = 'reset: peer 7';

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve));
}

class World {
  readonly environment: ConnectionEnvironment;
  readonly pool: ClusterPool;
  readonly events: string[] = [];

  constructor(cluster: Partial<Cluster>, endpoints: Endpoint[], environment: Partial<ConnectionEnvironment> = {}) {
    this.environment = testEnvironment(environment);
    this.pool = new ClusterPool(testCluster(cluster), this.environment, {
      onConnectFailed: (_cluster, endpoint) => void this.events.push(`connect failed ${endpoint.key}`),
      onEjected: (_cluster, endpoint) => void this.events.push(`ejected ${endpoint.key}`),
      onChanged: () => {},
    });
    this.pool.update(this.pool.cluster, endpointSet(...endpoints));
    cleanups.push(() => this.pool.destroy());
  }

  open(options: { hash?: number; pinned?: string } = {}): TestRequest {
    const request = new TestRequest(this.environment.lists, options);
    this.pool.open(request);
    return request;
  }

  /** One request from start to end; tried again when the peer says that it did not look at it, as an exchange does. */
  async call(options: { hash?: number; pinned?: string } = {}): Promise<string> {
    const request = this.open(options);
    const outcome = await request.outcome;
    if (request.endpoint !== null) this.pool.done(request.endpoint, outcome === '200' ? 'ok' : 'failed');
    return outcome === REFUSED ? this.call(options) : outcome;
  }

  async ports(count: number, options: { hash?: number; pinned?: string } = {}): Promise<number[]> {
    const ports: number[] = [];
    for (let i = 0; i < count; i += 1) {
      const request = this.open(options);
      assert.equal(await request.outcome, '200');
      if (request.endpoint === null) throw new Error('no endpoint');
      this.pool.done(request.endpoint, 'ok');
      ports.push(request.endpoint.port);
    }
    return ports;
  }
}

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const backend = await Backend.start();
  const { port } = backend;
  await backend.close();
  return port;
}

/** A raw TCP server, as an endpoint. */
async function listen(onSocket: (socket: Socket) => void): Promise<Endpoint> {
  const sockets: Socket[] = [];
  const server = createServer(socket => {
    sockets.push(socket.on('error', () => {}));
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  return at(typeof address === 'object' ? (address?.port ?? 0) : 0);
}

function at(port: number): Endpoint {
  return { address: '127.0.0.1', port, state: 'ready', name: '' };
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
    const dial = (): Socket => connect({ host: '127.0.0.1', port: 9, lookup: () => {} });
    const world = new World({ connectTimeoutMs: 700 }, [at(9)], { clock, dial });
    const { outcome } = world.open();
    clock.advance(699);
    assert.equal(world.pool.pending, 1);
    clock.advance(1);
    assert.equal(await outcome, 'failed: connect_timeout: no connection to the backend within 700 ms');
  });

  it('lets only so many requests wait; over that: overload', async () => {
    const backend = await startBackend();
    const world = new World({ maxPendingRequests: 2 }, [backend.endpoint]);
    const requests = [world.open(), world.open(), world.open()];
    assert.match((await requests[2]?.outcome) ?? '', /^failed: overload/);
    assert.deepEqual(await Promise.all(requests.slice(0, 2).map(request => request.outcome)), ['200', '200']);
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
    clock.advance(300);
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
    const world = new World({ connectTimeoutMs: 20 }, [await listen(() => {})]);
    assert.match(await world.call(), /^failed: connect_timeout/);
  });
});

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
