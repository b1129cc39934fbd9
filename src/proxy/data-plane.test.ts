// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { EMPTY_SNAPSHOT } from '../snapshot/index.ts';
import { firstHosts } from '../snapshot/listener.test-support.ts';
import { until } from '../time/until.test-support.ts';
import {
  CLUSTER,
  call,
  cleanUp,
  dial,
  freePort,
  snapshotOf,
  startBackend,
  startPlane,
} from './data-plane.test-support.ts';
import type { Resolution } from './index.ts';
import type { Backend } from './upstream/backend.test-support.ts';
import { VirtualClock } from './virtual-clock.test-support.ts';

afterEach(cleanUp);

for (const workers of [0, 1, 2]) {
  describe(`a data plane with ${workers} workers`, () => {
    it('serves a snapshot once apply has resolved', async () => {
      const backend = await startBackend();
      const port = await freePort();
      const { plane } = await startPlane(workers);
      const { failures } = await plane.apply(snapshotOf({ ports: [port], endpoints: [backend.endpoint] }));
      assert.equal(failures.size, 0);
      assert.equal(await call(dial(port)), `${backend.port}`);
    });

    it('follows endpoints without closing client connections', async () => {
      const [a, b] = [await startBackend(), await startBackend()];
      const port = await freePort();
      const { plane } = await startPlane(workers);
      await plane.apply(snapshotOf({ ports: [port], endpoints: [a.endpoint] }));
      const session = dial(port);
      assert.equal(await call(session), `${a.port}`);
      await plane.apply(snapshotOf({ version: 2, ports: [port], endpoints: [b.endpoint] }));
      assert.equal(await call(session), `${b.port}`);
      assert.equal(session.closed, false);
    });

    it('reports a port that is taken by its binding, serves the rest, and tries again', async () => {
      const backend = await startBackend();
      const [free, taken] = [await freePort(), await freePort()];
      const holder = createServer().listen(taken, '127.0.0.1');
      await once(holder, 'listening');
      const { plane } = await startPlane(workers);
      const snapshot = snapshotOf({ ports: [free, taken], endpoints: [backend.endpoint] });
      const first = await plane.apply(snapshot);
      assert.deepEqual([...first.failures.keys()], [`127.0.0.1:${taken}/tcp`]);
      assert.equal(first.failures.get(`127.0.0.1:${taken}/tcp`)?.code, 'port-in-use');
      assert.equal(await call(dial(free)), `${backend.port}`);
      holder.close();
      await once(holder, 'close');
      assert.equal((await plane.apply(snapshot)).failures.size, 0);
      assert.equal(await call(dial(taken)), `${backend.port}`);
    });

    it('tells an address that this machine does not have by a code of its own', async () => {
      const { plane } = await startPlane(workers);
      const binding = {
        id: 'x',
        address: '192.0.2.1',
        port: 8080,
        admission: 'first-bytes',
        frontend: null,
        proxyProtocolFrom: [],
        listeners: [],
      } as const;
      const { failures } = await plane.apply({ ...EMPTY_SNAPSHOT, version: 1, bindings: [binding] });
      assert.equal(failures.get('x')?.code, 'address-not-available');
    });

    it('lets running requests end when it is drained, and says so', async () => {
      const backend = await startBackend();
      const port = await freePort();
      const { plane } = await startPlane(workers);
      await plane.apply(snapshotOf({ ports: [port], endpoints: [backend.endpoint] }));
      backend.hold = true;
      const session = dial(port);
      const running = call(session);
      await once(backend.server, 'stream');
      const drained = plane.drain();
      await once(session, 'goaway');
      // Whoever looks what it waits for need not wait as well.
      assert.equal((await plane.dump()).workers.length, Math.max(1, workers));
      backend.release();
      assert.equal(await running, `${backend.port}`);
      assert.deepEqual(await drained, { finished: 1, cut: 0, lost: 0 });
    });

    it('cuts requests that outlast the drain timeout, and says so', async () => {
      const backend = await startBackend();
      const port = await freePort();
      const { plane } = await startPlane(workers, { drainTimeoutMs: 0 });
      await plane.apply(snapshotOf({ ports: [port], endpoints: [backend.endpoint] }));
      backend.hold = true;
      const running = call(dial(port));
      await once(backend.server, 'stream');
      assert.deepEqual(await plane.drain(), { finished: 0, cut: 1, lost: 0 });
      await running;
    });

    it('shows what it holds, and counts what it does', async () => {
      const backend = await startBackend();
      const port = await freePort();
      const { plane } = await startPlane(workers);
      await plane.apply(snapshotOf({ ports: [port], endpoints: [backend.endpoint] }));
      await call(dial(port));
      const dump = await plane.dump();
      assert.equal(dump.workers.length, Math.max(1, workers));
      const endpoints = dump.workers.flatMap(worker => worker.clusters.flatMap(cluster => cluster.endpoints));
      assert.equal(endpoints[0]?.port, backend.port);
      assert.equal(
        endpoints.reduce((sum, endpoint) => sum + endpoint.connections, 0),
        1,
      );
      const value = (name: string): unknown => plane.metrics().find(family => family.name === name)?.samples;
      assert.deepEqual(value('daemun_upstream_connections'), [{ labels: { cluster: CLUSTER }, value: 1 }]);
      assert.deepEqual(value('daemun_upstream_endpoints'), [
        { labels: { cluster: CLUSTER, state: 'ready' }, value: 1 },
        { labels: { cluster: CLUSTER, state: 'draining' }, value: 0 },
      ]);
    });

    it('resolves DNS backends before it goes live, and takes a changed name at once', async () => {
      const [a, b] = [await startBackend(), await startBackend()];
      const port = await freePort();
      const resolve = async (): Promise<Resolution> => ({ addresses: ['127.0.0.1'], ttlMs: 1_000 });
      const { plane } = await startPlane(workers, { resolve });
      const discovery = { kind: 'dns' as const, targets: [{ host: 'a.test', port: a.port }] };
      await plane.apply(snapshotOf({ ports: [port], cluster: { discovery } }));
      const session = dial(port);
      assert.equal(await call(session), `${a.port}`);
      const moved = { kind: 'dns' as const, targets: [{ host: 'b.test', port: b.port }] };
      await plane.apply(snapshotOf({ version: 2, ports: [port], cluster: { discovery: moved } }));
      assert.equal(await call(session), `${b.port}`);
    });

    it('keeps streams away from endpoints that fail their health check', async () => {
      const [good, bad] = [await startBackend(), await startBackend()];
      const answers = (backend: Backend, status: number) => {
        const plain = backend.answer;
        backend.answer = (stream, headers) => {
          if (headers[':path'] !== '/grpc.health.v1.Health/Check') return plain(stream, headers);
          stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
          stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
          stream.end(Buffer.from([0, 0, 0, 0, 2, 8, status]));
        };
      };
      answers(good, 1);
      answers(bad, 2);
      const healthCheck = { intervalMs: 50, timeoutMs: 1_000, healthyThreshold: 1, unhealthyThreshold: 1, service: '' };
      const port = await freePort();
      const clock = new VirtualClock();
      const { plane } = await startPlane(workers, { clock });
      const endpoints = [good.endpoint, bad.endpoint].sort((x, y) => x.port - y.port);
      await plane.apply(snapshotOf({ ports: [port], endpoints, cluster: { healthCheck } }));
      clock.advance(0);
      await until(async () => {
        clock.advance(10);
        const { workers: dumps } = await plane.dump();
        const seen = dumps.flatMap(dump => dump.clusters.flatMap(cluster => cluster.endpoints));
        return seen.every(endpoint => endpoint.health !== 'unknown');
      });
      const session = dial(port);
      for (let i = 0; i < 6; i += 1) assert.equal(await call(session), `${good.port}`);
    });
  });
}

describe('a data plane with DNS backends', () => {
  it('follows their addresses when they are asked for again', async () => {
    const backend = await startBackend();
    const port = await freePort();
    let addresses = ['127.0.0.9'];
    const clock = new VirtualClock();
    const { plane } = await startPlane(0, { resolve: async () => ({ addresses, ttlMs: 1_000 }), clock });
    const discovery = { kind: 'dns' as const, targets: [{ host: 'a.test', port: backend.port }] };
    await plane.apply(snapshotOf({ ports: [port], cluster: { discovery } }));
    const session = dial(port);
    assert.match(await call(session), /^grpc-status 14/);
    addresses = ['127.0.0.1'];
    clock.advance(60_000);
    await until(async () => (await call(session)) === `${backend.port}`);
  });
});

describe('a data plane whose worker fails', () => {
  it('replaces a thread that ended; the new one serves the last snapshot', async () => {
    const backend = await startBackend();
    const port = await freePort();
    const threads: Worker[] = [];
    process.once('worker', worker => threads.push(worker));
    const { plane, log } = await startPlane(1);
    await plane.apply(snapshotOf({ ports: [port], endpoints: [backend.endpoint] }));
    await threads[0]?.terminate();
    assert.match(log.at(-1) ?? '', /another one takes its place/);
    const { failures } = await plane.apply(snapshotOf({ version: 2, ports: [port], endpoints: [backend.endpoint] }));
    assert.equal(failures.size, 0);
    assert.equal(await call(dial(port)), `${backend.port}`);
  });

  it('says that no worker runs meanwhile, and that the new one cannot bind its sockets', async test => {
    const port = await freePort();
    const threads: Worker[] = [];
    process.once('worker', worker => threads.push(worker));
    const unbound = Promise.withResolvers<void>();
    const { plane } = await startPlane(1, { onUnbound: () => unbound.resolve() });
    const snapshot = snapshotOf({ ports: [port], endpoints: [] });
    await plane.apply(snapshot);
    assert.deepEqual(plane.workers(), { running: 1, wanted: 1, ended: 0, endedAtMs: null, refusals: 0 });
    await threads[0]?.terminate();
    const { endedAtMs, ...without } = plane.workers();
    assert.deepEqual(without, { running: 0, wanted: 1, ended: 1, refusals: 0 });
    assert.notEqual(endedAtMs, null);
    const holder = createServer().listen(port, '127.0.0.1');
    test.after(() => holder.close());
    await unbound.promise;
    assert.deepEqual(plane.workers(), { running: 1, wanted: 1, ended: 1, endedAtMs, refusals: 0 });
    holder.close();
    await once(holder, 'close');
    assert.equal((await plane.apply({ ...snapshot, version: 2 })).failures.size, 0);
  });

  it('shares a port that is in use only when it is told to', async test => {
    const port = await freePort();
    const holder = createServer().listen({ port, host: '127.0.0.1', reusePort: true });
    test.after(() => holder.close());
    await once(holder, 'listening');
    const snapshot = snapshotOf({ ports: [port], endpoints: [] });
    const id = snapshot.bindings[0]?.id ?? '';
    for (const workers of [0, 1, 2]) {
      const asked: (readonly string[])[] = [];
      let shared: ReadonlySet<string> = new Set();
      const mayShare = async (ids: readonly string[]) => {
        asked.push(ids);
        return shared;
      };
      const { plane } = await startPlane(workers, { mayShare });
      assert.deepEqual([...(await plane.apply(snapshot)).failures.keys()], [id]);
      shared = new Set([id]);
      assert.equal((await plane.apply({ ...snapshot, version: 2 })).failures.size, 0);
      await plane.apply({ ...snapshot, version: 3 });
      assert.deepEqual(asked, [[id], [id]], 'asked until it may, and not again');
    }
  });

  for (const workers of [0, 1]) {
    it(`rejects a snapshot that cannot be executed, and serves the next one (${workers} workers)`, async () => {
      const backend = await startBackend();
      const port = await freePort();
      const { plane } = await startPlane(workers);
      await plane.apply(snapshotOf({ ports: [port], endpoints: [backend.endpoint] }));
      const broken = structuredClone(snapshotOf({ version: 2, ports: [port], endpoints: [backend.endpoint] }));
      // What no translation makes: it is found out when the worker compiles it.
      Object.assign(firstHosts(broken)[0] ?? {}, { hostname: null });
      await assert.rejects(plane.apply(broken));
      await plane.apply(snapshotOf({ version: 3, ports: [port], endpoints: [backend.endpoint] }));
      assert.equal(await call(dial(port)), `${backend.port}`);
    });
  }
});
