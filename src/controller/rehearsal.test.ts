// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diffSnapshots, type Snapshot } from '../snapshot/index.ts';
import { memoryStore } from '../store/index.ts';
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

async function setUp(kind: 'GRPCRoute' | 'HTTPRoute', routes: number) {
  const store = memoryStore(objects(kind, routes));
  await store.start();
  const { resources } = store.current();
  const translator = new Translator({ controllerName: null, address: '127.0.0.1', nowMs: () => 0 });
  const translation = translator.translate(resources);
  translator.statuses(translation, resources);
  let reread = 0;
  const rehearsed: (Snapshot | undefined)[] = [];
  const rehearsal = new Rehearsal(
    {
      store: { rehearse: () => void reread++ },
      translator: {
        rehearse(changed) {
          rehearsed.push(translator.rehearse(changed));
          return rehearsed.at(-1);
        },
      },
    },
    resources,
  );
  return { rehearsal, rehearsed, translator, translation, resources, reread: () => reread };
}

describe('a rehearsal', () => {
  for (const [kind, rules] of [
    ['GRPCRoute', 1],
    ['HTTPRoute', 2],
  ] as const) {
    it(`goes through a change of one ${kind} among many, and leaves all as it was`, async () => {
      const world = await setUp(kind, 1_000);
      const { translator, translation, resources } = world;
      const before = translator.statuses(translation, resources);
      await world.rehearsal.run(translation.snapshot);
      assert.equal(world.rehearsed.length, world.reread());
      assert.ok(world.rehearsed.length > 1);
      for (const next of world.rehearsed) {
        assert.ok(next !== undefined);
        assert.equal(diffSnapshots(translation.snapshot, next).rules.length, rules);
      }
      const after = translator.translate(resources);
      assert.equal(after.snapshot, translation.snapshot);
      for (const [key, status] of translator.statuses(after, resources)) assert.equal(status, before.get(key));
    });
  }

  it('ends when it is told to, after the round that runs', async () => {
    const { rehearsal, rehearsed, translation } = await setUp('GRPCRoute', 1_000);
    const running = rehearsal.run(translation.snapshot);
    rehearsal.end();
    await running;
    assert.equal(rehearsed.length, 1);
  });

  it('does nothing where there are few routes', async () => {
    const { rehearsal, reread, translation } = await setUp('HTTPRoute', 999);
    await rehearsal.run(translation.snapshot);
    assert.equal(reread(), 0);
  });
});
