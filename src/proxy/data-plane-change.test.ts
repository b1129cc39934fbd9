// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ClientHttp2Session } from 'node:http2';
import { afterEach, describe, it } from 'node:test';
import type { Binding, Listener } from '../snapshot/index.ts';
import { sampleRule } from '../snapshot/rule.test-support.ts';
import { until } from '../time/until.test-support.ts';
import { call, cleanUp, dial, freePort, snapshotOf, startBackend, startPlane } from './data-plane.test-support.ts';
import { trialBind } from './workers/trial-bind.ts';

afterEach(cleanUp);

/** Calls without pause, eight at a time, while `change` runs; every answer that is not a backend's port is a failure. */
async function failuresDuring(session: ClientHttp2Session, change: () => Promise<void>): Promise<string[]> {
  let isOver = false;
  const failures: string[] = [];
  const loop = async (): Promise<void> => {
    while (!isOver) {
      const answer = await call(session);
      if (!/^\d+$/.test(answer)) failures.push(answer);
    }
  };
  const loops = Array.from({ length: 8 }, loop);
  await change();
  isOver = true;
  await Promise.all(loops);
  return failures;
}

describe('a data plane under load', () => {
  it('loses no call when endpoints come and go', async () => {
    const backends = await Promise.all([startBackend(), startBackend(), startBackend()]);
    const port = await freePort();
    const { plane } = await startPlane(0);
    const publish = (version: number, ...at: number[]) =>
      plane.apply(
        snapshotOf({
          version,
          ports: [port],
          endpoints: at.flatMap(index => backends[index]?.endpoint ?? []).sort((a, b) => a.port - b.port),
        }),
      );
    await publish(1, 0);
    const failures = await failuresDuring(dial(port), async () => {
      for (let version = 2; version < 40; version += 1) {
        await publish(version, version % 3, (version + 1) % 3);
        await new Promise(resolve => setImmediate(resolve));
      }
    });
    assert.deepEqual(failures, []);
  });

  it('loses no call when backends end their connections with GOAWAY', async () => {
    const backends = await Promise.all([startBackend(), startBackend()]);
    const port = await freePort();
    const { plane } = await startPlane(0);
    const endpoints = backends.map(backend => backend.endpoint).sort((a, b) => a.port - b.port);
    await plane.apply(snapshotOf({ ports: [port], endpoints }));
    const failures = await failuresDuring(dial(port), async () => {
      for (let i = 0; i < 20; i += 1) {
        const backend = backends[i % 2];
        await until(() => (backend?.sessions.length ?? 0) > 0);
        for (const session of [...(backend?.sessions ?? [])]) session.close();
        // Calls go on over the new connection before the next one ends.
        const served = backend?.served ?? 0;
        await until(() => (backend?.served ?? 0) > served + 20);
      }
    });
    assert.deepEqual(failures, []);
  });

  it('ends the streams of a killed backend with UNAVAILABLE, and sends every later call elsewhere', async () => {
    const [killed, other] = [await startBackend(), await startBackend()];
    const port = await freePort();
    const { plane } = await startPlane(0);
    const endpoints = [killed.endpoint, other.endpoint].sort((a, b) => a.port - b.port);
    await plane.apply(snapshotOf({ ports: [port], endpoints }));
    const session = dial(port);
    await Promise.all([call(session), call(session)]);
    killed.hold = true;
    const calls = [call(session), call(session)];
    await once(killed.server, 'stream');
    await killed.kill();
    const answers = await Promise.all(calls);
    assert.equal(answers.filter(answer => answer.startsWith('grpc-status 14')).length, 1, answers.join('; '));
    for (let i = 0; i < 20; i += 1) assert.equal(await call(session), `${other.port}`);
  });

  it('keeps client connections when a listener on another port comes and goes', async () => {
    const backend = await startBackend();
    const [first, second] = [await freePort(), await freePort()];
    const { plane } = await startPlane(0);
    const endpoints = [backend.endpoint];
    await plane.apply(snapshotOf({ ports: [first], endpoints }));
    const session = dial(first);
    const failures = await failuresDuring(session, async () => {
      for (let version = 2; version < 12; version += 2) {
        await plane.apply(snapshotOf({ version, ports: [first, second], endpoints }));
        assert.equal(await call(dial(second)), `${backend.port}`);
        await plane.apply(snapshotOf({ version: version + 1, ports: [first], endpoints }));
      }
    });
    assert.deepEqual(failures, []);
    assert.equal(session.closed, false);
  });

  it('has let go of a port that left when the change is over', async () => {
    const port = await freePort();
    const { plane } = await startPlane(0);
    await plane.apply(snapshotOf({ ports: [port] }));
    assert.equal(await trialBind('127.0.0.1', port), 'EADDRINUSE');
    await plane.apply(snapshotOf({ version: 2, ports: [] }));
    assert.equal(await trialBind('127.0.0.1', port), null);
  });
});

describe('a data plane with two workers', () => {
  it('has the system share connections out between them', async () => {
    const backend = await startBackend();
    const port = await freePort();
    const { plane } = await startPlane(2);
    await plane.apply(snapshotOf({ ports: [port], endpoints: [backend.endpoint] }));
    await Promise.all(Array.from({ length: 40 }, () => call(dial(port))));
    const { workers } = await plane.dump();
    const shares = workers.map(worker => worker.bindings[0]?.connections ?? 0);
    assert.equal(
      shares.reduce((sum, share) => sum + share, 0),
      40,
    );
    assert.ok(Math.min(...shares) >= 5, `shares: ${shares.join(', ')}`);
  });
});

for (const workers of [0, 1]) {
  describe(`a snapshot that a data plane with ${workers} workers cannot execute`, () => {
    it('is not taken for served when the next one has the same in it, and is all undone by the one before', async () => {
      const [first, second] = await Promise.all([startBackend(), startBackend()]);
      const ports = [await freePort(), await freePort()].sort((a, b) => a - b);
      const { plane } = await startPlane(workers);
      const good = snapshotOf({ ports, endpoints: [first.endpoint] });
      await plane.apply(good);
      const sessions = ports.map(dial);
      for (const session of sessions) assert.equal(await call(session), `${first.port}`);
      // The first port has no rules any more when the second one breaks.
      const broken = {
        version: 2,
        bindings: good.bindings.map((binding, at) => withRules(binding, at === 0 ? 'none' : 'broken')),
      };
      await assert.rejects(plane.apply({ ...good, ...broken }));
      const elsewhere = snapshotOf({ ports, endpoints: [second.endpoint] }).endpoints;
      await assert.rejects(plane.apply({ ...good, ...broken, version: 3, endpoints: elsewhere }));
      await plane.apply({ ...good, version: 4 });
      for (const session of sessions) assert.equal(await call(session), `${first.port}`);
      await plane.apply({ ...good, version: 5, endpoints: elsewhere });
      for (const session of sessions) assert.equal(await call(session), `${second.port}`);
    });
  });
}

/** With no rules at all, or with one that says of no request whether it takes it. */
function withRules(binding: Binding, rules: 'none' | 'broken'): Binding {
  const broken = { match: null as never, rule: sampleRule('broken'), matchIndex: 0 };
  const virtualHosts = rules === 'none' ? [] : [{ hostname: '*', entries: [broken] }];
  return { ...binding, listeners: binding.listeners.map(listener => ({ ...listener, virtualHosts }) as Listener) };
}
