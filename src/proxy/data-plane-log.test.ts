// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { until } from '../time/until.test-support.ts';
import { call, cleanUp, dial, freePort, snapshotOf, startBackend, startPlane } from './data-plane.test-support.ts';

afterEach(cleanUp);

for (const workers of [0, 2]) {
  describe(`what a data plane with ${workers} workers logs`, () => {
    it('names a dead endpoint once, however often and by whom it is tried', { timeout: 60_000 }, async () => {
      const [port, nobody] = [await freePort(), await freePort()];
      const dead = { address: '127.0.0.1', port: nobody, state: 'ready' as const, name: '' };
      const { plane, log } = await startPlane(workers);
      await plane.apply(snapshotOf({ ports: [port], endpoints: [dead] }));
      for (let i = 0; i < 24; i++) assert.match(await call(dial(port)), /^grpc-status 14/);
      const failures = (): number =>
        Number(plane.metrics().find(one => one.name === 'daemun_upstream_connect_failures_total')?.samples[0]?.value);
      await until(() => failures() >= Math.max(1, workers));
      await plane.dump();
      assert.deepEqual(
        log.filter(line => line.startsWith('endpoint')),
        ['endpoint cannot be reached'],
      );
    });

    it('tells of requests and connections while debug is on, and not before or after', {
      timeout: 60_000,
    }, async () => {
      const backend = await startBackend();
      const port = await freePort();
      const lines: string[] = [];
      const debug = (message: string, fields: Readonly<Record<string, unknown>>): void =>
        void lines.push([message, fields['route'] ?? fields['status'] ?? ''].join(' ').trim());
      const { plane } = await startPlane(workers, { debug });
      await plane.apply(snapshotOf({ ports: [port], endpoints: [backend.endpoint] }));
      await call(dial(port));
      // A dump is answered after everything that was sent before it.
      await plane.dump();
      assert.equal(lines.length, 0);
      plane.setDebug(true);
      await plane.dump();
      const session = dial(port);
      await call(session);
      await until(() => [...lines].some((line: string) => line.startsWith('request ended')));
      assert.deepEqual(
        lines.filter(line => !line.startsWith('endpoint')),
        ['client connected', 'request default/a', 'request ended OK'],
      );
      plane.setDebug(false);
      await plane.dump();
      lines.length = 0;
      await call(session);
      await plane.dump();
      assert.deepEqual(lines, []);
    });

    it('shows nothing of a cluster, a route or a port that is gone', { timeout: 60_000 }, async () => {
      const backend = await startBackend();
      const [first, second] = [await freePort(), await freePort()];
      const { plane } = await startPlane(workers);
      await plane.apply(snapshotOf({ ports: [first, second], endpoints: [backend.endpoint] }));
      await call(dial(first));
      const shown = (): string => JSON.stringify(plane.metrics().map(({ samples }) => samples.map(one => one.labels)));
      await until(() => shown().includes('"default/a"'));
      const calls = (): unknown => plane.metrics().find(one => one.name === 'daemun_route_requests_total')?.samples;
      const before = calls();
      await plane.apply(snapshotOf({ version: 2, ports: [first, second], endpoints: [] }));
      assert.deepEqual(calls(), before);
      const without = snapshotOf({ version: 3, ports: [second], endpoints: [] });
      const bindings = without.bindings.map(one => ({
        ...one,
        listeners: one.listeners.map(listener => ({ ...listener, virtualHosts: [] })),
      }));
      await plane.apply({ ...without, bindings, clusters: [], endpoints: [] });
      await until(() => !/"default\/a"|default\/a:80/.test(shown()) && !shown().includes(`:${first}/tcp`));
      assert.ok(shown().includes(`:${second}/tcp`));
    });
  });
}
