// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import { diffSnapshots, type Snapshot } from '../../snapshot/index.ts';
import { memoryStore } from '../../store/index.ts';
import { LoopbackAddresses } from '../addresses/loopback-addresses.ts';
import { PortPlan } from '../ports/port-plan.ts';
import { Rehearsal } from './rehearsal.ts';
import { Translator } from './translator.ts';

const apiVersion = 'gateway.networking.k8s.io/v1';

function objects(kind: 'GRPCRoute' | 'HTTPRoute', routes: number): object[] {
  const listeners = [{ name: 'a', port: 8080, protocol: 'HTTP' }];
  const rules = ['/a', '/b'].map(value => ({
    ...(kind === 'HTTPRoute' ? { matches: [{ path: { value } }] } : {}),
    backendRefs: [{ name: 'one', port: 80, weight: 3 }],
  }));
  const spec = { parentRefs: [{ name: 'gw' }], rules: kind === 'HTTPRoute' ? rules : rules.slice(1) };
  return [
    { apiVersion, kind: 'Gateway', metadata: { name: 'gw' }, spec: { gatewayClassName: 'c', listeners } },
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'one' }, spec: { ports: [{ port: 80 }] } },
    ...Array.from({ length: routes }, (_, at) => ({ apiVersion, kind, metadata: { name: `r${at}` }, spec })),
  ];
}

async function setUp(kind: 'GRPCRoute' | 'HTTPRoute', routes: number, fault?: Error) {
  const store = memoryStore(objects(kind, routes));
  await store.start();
  const { resources } = store.current();
  const translator = new Translator({
    controllerName: null,
    addresses: new LoopbackAddresses('127.0.0.1'),
    reportsRoutability: false,
    clock: new VirtualClock(0),
  });
  const translation = translator.translate(resources);
  translator.statuses(translation, resources);
  let reread = 0;
  /** How often it was asked what there is to say. */
  let linted = 0;
  /** What the workers were given to prepare, in turn. */
  const prepared: Snapshot[] = [];
  const rehearsal = new Rehearsal(
    {
      store: { rehearse: () => void reread++ },
      translator: {
        rehearse(changed) {
          if (fault !== undefined) throw fault;
          const next = translator.rehearse(changed);
          return (
            next && {
              ...next,
              get findings() {
                linted++;
                return next.findings;
              },
            }
          );
        },
      },
      ports: new PortPlan('as-written'),
      plane: {
        async prepare(snapshot) {
          prepared.push(snapshot);
        },
      },
    },
    resources,
  );
  return { rehearsal, prepared, translator, translation, resources, reread: () => reread, linted: () => linted };
}

describe('a rehearsal', () => {
  for (const [kind, rules] of [
    ['GRPCRoute', 1],
    ['HTTPRoute', 2],
  ] as const) {
    it(`goes through a change of one ${kind} among many, and leaves all as it was`, async () => {
      const world = await setUp(kind, 1_000);
      const { translator, translation, resources } = world;
      const before = translator.statuses(translation, resources).byObject;
      await world.rehearsal.run(translation.snapshot, Promise.resolve());
      assert.equal(world.reread(), 10);
      assert.equal(world.linted(), 10);
      assert.equal(world.prepared.length, 20);
      for (const [at, snapshot] of world.prepared.entries()) {
        const changed = diffSnapshots(translation.snapshot, snapshot).rules.length;
        assert.equal(changed, at % 2 === 0 ? rules : 0);
      }
      const after = translator.translate(resources);
      assert.equal(after.snapshot, translation.snapshot);
      for (const [key, status] of translator.statuses(after, resources).byObject) assert.equal(status, before.get(key));
    });
  }

  it('waits for the workers when it has gone through all rounds', async () => {
    const { rehearsal, prepared, translation } = await setUp('GRPCRoute', 1_000);
    const slow = Promise.withResolvers<void>();
    let isOver = false;
    const running = rehearsal.run(translation.snapshot, slow.promise).then(() => {
      isOver = true;
    });
    while (prepared.length < 20) await turn();
    await turn();
    assert.equal(isOver, false);
    slow.resolve();
    await running;
    assert.equal(prepared.length, 20);
  });

  it('breaks when the workers cannot prepare it', async () => {
    const { rehearsal, translation } = await setUp('GRPCRoute', 1_000);
    await assert.rejects(rehearsal.run(translation.snapshot, Promise.reject(new Error('a bug'))), /a bug/);
  });

  it('ends when the change breaks us, and the first snapshot is waited for', async () => {
    const { rehearsal, translation, reread } = await setUp('GRPCRoute', 1_000, new Error('a bug about a change'));
    const slow = Promise.withResolvers<void>();
    let isOver = false;
    const running = rehearsal.run(translation.snapshot, slow.promise).then(() => {
      isOver = true;
    });
    while (reread() === 0) await turn();
    await turn();
    assert.equal(isOver, false);
    slow.resolve();
    await running;
    assert.equal(reread(), 1);
  });

  it('does nothing where there are few routes', async () => {
    const { rehearsal, reread, translation } = await setUp('HTTPRoute', 999);
    await rehearsal.run(translation.snapshot, Promise.resolve());
    assert.equal(reread(), 0);
  });
});
