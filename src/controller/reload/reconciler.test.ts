// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import type { ResourceSet } from '../../resources/index.ts';
import type { Snapshot } from '../../snapshot/index.ts';
import { memoryStore, type Store } from '../../store/index.ts';
import { LoopbackAddresses } from '../addresses/loopback-addresses.ts';
import { PortPlan } from '../ports/port-plan.ts';
import type { View } from '../shown/view.ts';
import { Reconciler } from './reconciler.ts';
import { Translator } from './translator.ts';

const apiVersion = 'gateway.networking.k8s.io/v1';

function gateway(port: number): object {
  const listeners = [{ name: 'a', port, protocol: 'HTTP' }];
  return { apiVersion, kind: 'Gateway', metadata: { name: 'gw' }, spec: { gatewayClassName: 'c', listeners } };
}

const GRANT = {
  apiVersion,
  kind: 'ReferenceGrant',
  metadata: { name: 'grant' },
  spec: {
    from: [{ group: apiVersion.slice(0, -3), kind: 'HTTPRoute', namespace: 'b' }],
    to: [{ group: '', kind: 'Service' }],
  },
};

/** What breaks nothing but lints, which are all that looks at the version in which a grant is written. */
function withBadGrants({ referenceGrants, ...resources }: ResourceSet): ResourceSet {
  const bad = [...referenceGrants].map(([key, grant]) => {
    const broken = Object.defineProperty({ ...grant }, 'apiVersion', {
      get() {
        throw new Error('a bug of a lint');
      },
    });
    return [key, broken] as const;
  });
  return { ...resources, referenceGrants: new Map(bad) };
}

async function setUp(t: TestContext) {
  const written = memoryStore([gateway(8080), GRANT]);
  await written.start();
  const world = { isBroken: false };
  const store: Pick<Store, 'current' | 'onChange' | 'rehearse'> = {
    current() {
      const contents = written.current();
      return world.isBroken ? { ...contents, resources: withBadGrants(contents.resources) } : contents;
    },
    onChange: listener => written.onChange(listener),
    rehearse: () => undefined,
  };
  const applied: Snapshot[] = [];
  const views: View[] = [];
  const failures: unknown[] = [];
  const reconciler = new Reconciler({
    store,
    translator: new Translator({
      controllerName: null,
      addresses: new LoopbackAddresses('127.0.0.1'),
      reportsRoutability: false,
      nowMs: () => 0,
    }),
    plane: {
      prepare: async () => undefined,
      async apply(snapshot) {
        applied.push(snapshot);
        return { failures: new Map() };
      },
    },
    ports: new PortPlan('as-written'),
    ...{ privileges: null, supplement: null, gate: null },
    clock: new VirtualClock(),
    onReload: view => void views.push(view),
    onFailure: error => void failures.push(error),
  });
  t.after(() => reconciler.stop());
  await reconciler.start();
  return { written, world, applied, views, failures, reconciler };
}

describe('a reload that breaks', () => {
  it('after its translation is served breaks no later one', async t => {
    const { written, world, applied, views, failures, reconciler } = await setUp(t);
    world.isBroken = true;
    written.apply(gateway(8081));
    await reconciler.settled();
    assert.match(String(failures), /a bug of a lint/);
    assert.equal(views.length, 1);
    assert.deepEqual(
      applied.map(({ bindings }) => bindings[0]?.port),
      [8080, 8081],
      'what is said of it comes after it is served',
    );
    world.isBroken = false;
    written.apply(gateway(8082));
    await reconciler.settled();
    assert.equal(failures.length, 1);
    assert.equal(views.at(-1)?.translation.snapshot.bindings[0]?.port, 8082);
    assert.deepEqual(
      applied.map(({ version }) => version),
      [1, 2, 3],
    );
  });
});
