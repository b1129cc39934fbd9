// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { selfSignedCertificate } from '../../demo/index.ts';
import { SnapshotRefused } from '../../proxy/index.ts';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import type { ResourceSet } from '../../resources/index.ts';
import type { Snapshot } from '../../snapshot/index.ts';
import { firstHosts } from '../../snapshot/listener.test-support.ts';
import { memoryStore, type Store } from '../../store/index.ts';
import { LoopbackAddresses } from '../addresses/loopback-addresses.ts';
import { resourceTroubles } from '../health/resource-troubles.ts';
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

function route(name: string, path: string): object {
  const rules = [{ matches: [{ path: { value: path } }] }];
  return { apiVersion, kind: 'HTTPRoute', metadata: { name }, spec: { parentRefs: [{ name: 'gw' }], rules } };
}

/** A copy that breaks whoever reads the field. */
function broken<T extends object>(object: T, field: keyof T): T {
  return Object.defineProperty({ ...object }, field, {
    get() {
      throw new Error(`a bug about ${String(field)}`);
    },
  });
}

/** What breaks nothing but lints, which are all that looks at the version in which a grant is written. */
function withBadGrants({ referenceGrants, ...resources }: ResourceSet): ResourceSet {
  const bad = [...referenceGrants].map(([key, grant]) => [key, broken(grant, 'apiVersion')] as const);
  return { ...resources, referenceGrants: new Map(bad) };
}

/** What breaks the translation of one route. */
function withBadRoute(resources: ResourceSet): ResourceSet {
  const httpRoutes = new Map(resources.httpRoutes);
  const bad = httpRoutes.get('default/bad');
  if (bad !== undefined) httpRoutes.set('default/bad', { ...bad, spec: broken(bad.spec, 'rules') });
  return { ...resources, httpRoutes };
}

/** What breaks the translation of each Gateway. */
function withBadGateway({ gateways, ...resources }: ResourceSet): ResourceSet {
  const bad = [...gateways].map(([key, one]) => [key, { ...one, spec: broken(one.spec, 'allowedListeners') }] as const);
  return { ...resources, gateways: new Map(bad) };
}

/** What cannot be sent to a worker. */
function withUnsendableRoute(resources: ResourceSet): ResourceSet {
  const httpRoutes = new Map(resources.httpRoutes);
  const bad = httpRoutes.get('default/bad');
  const name = (() => undefined) as unknown as string;
  const rules = bad?.spec.rules.map(rule => ({ ...rule, name })) ?? [];
  if (bad !== undefined) httpRoutes.set('default/bad', { ...bad, spec: { ...bad.spec, rules } });
  return { ...resources, httpRoutes };
}

function isUnsendable(snapshot: Snapshot): boolean {
  return firstHosts(snapshot).some(({ entries }) =>
    entries.some(({ rule }) => typeof rule.origin.ruleName === 'function'),
  );
}

/** How what is around a reconciler behaves. */
interface World {
  spoil(resources: ResourceSet): ResourceSet;
  refuses(snapshot: Snapshot): boolean;
  isPlaneBroken: boolean;
  isTellingBroken: boolean;
  /** Of each port; `at first`: when the first version is bound. */
  isPortTaken: boolean | 'at first';
  ports: 'as-written' | 'ephemeral';
}

const SOUND: World = {
  spoil: resources => resources,
  refuses: () => false,
  isPlaneBroken: false,
  isTellingBroken: false,
  isPortTaken: false,
  ports: 'as-written',
};

async function setUp(t: TestContext, faults: Partial<World> = {}, ...objects: readonly object[]) {
  const written = memoryStore([gateway(8080), GRANT, ...objects]);
  await written.start();
  const world: World = { ...SOUND, ...faults };
  const store: Pick<Store, 'current' | 'onChange' | 'rehearse'> = {
    current() {
      const contents = written.current();
      return { ...contents, resources: world.spoil(contents.resources) };
    },
    onChange: listener => written.onChange(listener),
    rehearse: () => undefined,
  };
  const applied: Snapshot[] = [];
  const views: View[] = [];
  const clock = new VirtualClock(0);
  const failures: unknown[] = [];
  const reconciler = new Reconciler({
    store,
    translator: new Translator({
      controllerName: null,
      addresses: new LoopbackAddresses('127.0.0.1'),
      reportsRoutability: false,
      clock,
    }),
    plane: {
      async prepare(snapshot) {
        if (world.refuses(snapshot)) throw new SnapshotRefused('a bug of a worker');
      },
      async apply(snapshot) {
        if (world.refuses(snapshot)) throw new SnapshotRefused('a bug of a worker');
        if (world.isPlaneBroken) throw new Error('a bug of the plane');
        applied.push(snapshot);
        const isTaken = world.isPortTaken === 'at first' ? applied.length === 1 : world.isPortTaken;
        const taken = isTaken ? snapshot.bindings : [];
        return {
          failures: new Map(taken.map(({ id }) => [id, { code: 'port-in-use' as const, message: 'it is taken' }])),
        };
      },
    },
    ports: new PortPlan(world.ports),
    ...{ privileges: null, supplement: null, gate: null },
    clock,
    onReload(view) {
      views.push(view);
      if (world.isTellingBroken) throw new Error('a bug of the log');
    },
    onFailure: error => void failures.push(error),
  });
  t.after(() => reconciler.stop());
  await reconciler.start();
  return { written, world, applied, views, failures, reconciler, clock };
}

const DAY_MS = 86_400_000;

/** A Gateway with a certificate of so many days, from the beginning of time. */
async function certified(days: number): Promise<readonly object[]> {
  const { chain, key } = await selfSignedCertificate([{ kind: 'dns', text: 'a.example' }], { nowMs: 0, days });
  const tls = { certificateRefs: [{ name: 'pair' }] };
  const listeners = [{ name: 'tls', port: 8443, protocol: 'HTTPS', tls }];
  return [
    { apiVersion, kind: 'Gateway', metadata: { name: 'tls' }, spec: { gatewayClassName: 'c', listeners } },
    {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'pair' }, type: 'kubernetes.io/tls' },
      stringData: { 'tls.crt': chain, 'tls.key': key },
    },
  ];
}

describe('a certificate that nobody renews', () => {
  const told = (views: readonly View[]): string[] =>
    (views.at(-1)?.findings ?? []).map(({ code }) => code).filter(code => code.startsWith('gateway/certificate-'));

  it('is told of 30 days before its end, and at its end, though nothing is written', async t => {
    const { views, reconciler, clock } = await setUp(t, {}, ...(await certified(40)));
    const after = async (ms: number): Promise<string[]> => {
      clock.advance(ms);
      await reconciler.settled();
      return told(views);
    };
    assert.deepEqual(told(views), []);
    for (let day = 1; day <= 10; day++) assert.deepEqual(await after(DAY_MS), []);
    assert.deepEqual(await after(1), ['gateway/certificate-expires-soon']);
    for (let day = 11; day < 40; day++) await after(DAY_MS);
    assert.deepEqual(await after(DAY_MS - 1), ['gateway/certificate-expires-soon']);
    assert.deepEqual(await after(1), ['gateway/certificate-expired']);
    await reconciler.stop();
    assert.equal(clock.pending, 0);
  });

  it('is told of by the next one, where the reload breaks that would have told', async t => {
    const { world, views, reconciler, clock } = await setUp(t, {}, ...(await certified(40)));
    const after = async (ms: number): Promise<string[]> => {
      clock.advance(ms);
      await reconciler.settled();
      return told(views);
    };
    for (let day = 1; day <= 10; day++) await after(DAY_MS);
    world.isPlaneBroken = true;
    assert.deepEqual(await after(1), []);
    world.isPlaneBroken = false;
    assert.deepEqual(await after(1_000), ['gateway/certificate-expires-soon']);
  });

  it('is all that is looked at again: without one nothing waits', async t => {
    const { clock } = await setUp(t);
    assert.equal(clock.pending, 0);
  });
});

describe('a fault of ours about one object', () => {
  it('in a lint is told, and keeps no status from being written', async t => {
    const { written, world, views, failures, reconciler } = await setUp(t);
    world.spoil = withBadGrants;
    written.apply(gateway(8081), route('other', '/'));
    await reconciler.settled();
    assert.deepEqual(failures, []);
    const { findings, statuses } = views.at(-1) as View;
    const [fault, ...more] = findings.filter(({ code }) => code === 'lint/broken');
    assert.deepEqual(more, []);
    assert.match(fault?.message ?? '', /^versions of APIs: .*: a bug about apiVersion$/);
    assert.match(JSON.stringify(statuses.get('HTTPRoute/default/other')), /Attached to a/);
  });

  it('in the translation of a route is told, the route is served as it was, and all others as they are', async t => {
    const { written, world, views, failures, reconciler } = await setUp(t);
    written.apply(route('bad', '/old'), route('other', '/a'));
    await reconciler.settled();
    world.spoil = withBadRoute;
    written.apply(route('bad', '/new'), route('other', '/b'));
    await reconciler.settled();
    assert.deepEqual(failures, []);
    const { findings, published } = views.at(-1) as View;
    const [fault, ...more] = findings.filter(({ code }) => code === 'route/broken');
    assert.deepEqual(more, []);
    assert.equal(fault?.resource?.name, 'bad');
    assert.match(fault.message, /a bug about rules$/);
    assert.deepEqual(pathsOf(published), ['/b', '/old']);
    world.spoil = resources => resources;
    written.apply(route('bad', '/newer'));
    await reconciler.settled();
    assert.deepEqual(pathsOf((views.at(-1) as View).published), ['/b', '/newer']);
  });

  it('in a Gateway is told, the Gateway is served as it was, and all others as they are', async t => {
    const { written, world, views, failures, reconciler } = await setUp(t);
    world.spoil = withBadGateway;
    written.apply(gateway(8081), route('other', '/b'));
    await reconciler.settled();
    assert.deepEqual(failures, []);
    const { findings, published, statuses } = views.at(-1) as View;
    assert.deepEqual(
      findings.filter(({ severity }) => severity === 'error').map(({ code }) => code),
      ['resource/broken'],
    );
    assert.equal(published.bindings[0]?.port, 8080);
    assert.deepEqual(pathsOf(published), ['/b']);
    assert.match(JSON.stringify(statuses.get('Gateway/default/gw')), /a bug about allowedListeners/);
    const troubles = resourceTroubles(views.at(-1) as View, 60_000);
    assert.deepEqual(
      troubles.map(({ severity, subject, since }) => [severity, subject, since]),
      [['error', 'Gateway default/gw', '1970-01-01T00:00:00Z']],
    );
    world.spoil = resources => resources;
    written.apply(route('other', '/c'));
    await reconciler.settled();
    assert.equal(views.at(-1)?.published.bindings[0]?.port, 8081);
    assert.doesNotMatch(JSON.stringify(views.at(-1)?.statuses.get('Gateway/default/gw')), /a bug/);
  });

  it('in a route that never was translated serves it nowhere', async t => {
    const { written, world, views, reconciler } = await setUp(t);
    world.spoil = withBadRoute;
    written.apply(route('bad', '/new'), route('other', '/b'));
    await reconciler.settled();
    const { published, statuses } = views.at(-1) as View;
    assert.deepEqual(pathsOf(published), ['/b']);
    assert.match(
      JSON.stringify(statuses.get('HTTPRoute/default/bad')),
      /"Accepted","status":"False","reason":"Pending"/,
    );
  });
});

describe('what a worker cannot take up', () => {
  it('is set aside, and served as it was, once a worker refused it', async t => {
    const { written, world, views, failures, reconciler } = await setUp(t);
    written.apply(route('bad', '/old'), route('other', '/a'));
    await reconciler.settled();
    Object.assign(world, { spoil: withUnsendableRoute, refuses: isUnsendable });
    written.apply(route('bad', '/new'), route('other', '/b'));
    await reconciler.settled();
    assert.equal(failures.length, 1);
    const { findings, published } = views.at(-1) as View;
    const told = findings.filter(({ code }) => code === 'resource/broken');
    assert.deepEqual(
      told.map(({ resource }) => resource?.name),
      ['bad'],
    );
    assert.deepEqual(pathsOf(published), ['/b', '/old']);
    written.apply(route('other', '/c'));
    await reconciler.settled();
    assert.deepEqual(pathsOf((views.at(-1) as View).published), ['/c', '/old']);
    world.spoil = SOUND.spoil;
    written.apply(route('bad', '/newer'));
    await reconciler.settled();
    assert.deepEqual(pathsOf((views.at(-1) as View).published), ['/c', '/newer']);
    assert.equal(failures.length, 1);
  });

  it('does not keep a process from starting', async t => {
    const faults = { spoil: withUnsendableRoute, refuses: isUnsendable };
    const { views } = await setUp(t, faults, route('bad', '/bad'), route('other', '/a'));
    assert.deepEqual(pathsOf((views.at(-1) as View).published), ['/a']);
  });

  it('is looked for once, where nothing is found', async t => {
    const { written, world, views, failures, reconciler } = await setUp(t);
    world.refuses = () => true;
    written.apply(route('other', '/a'));
    await reconciler.settled();
    assert.equal(failures.length, 2);
    world.refuses = () => false;
    written.apply(route('other', '/b'));
    await reconciler.settled();
    assert.equal(failures.length, 2);
    assert.deepEqual(pathsOf((views.at(-1) as View).published), ['/b']);
  });
});

describe('a reload that breaks', () => {
  it('where it is told of has been served, also the first', async t => {
    const { written, world, applied, views, failures, reconciler } = await setUp(t, { isTellingBroken: true });
    assert.deepEqual([applied.length, views.length, failures.length], [1, 1, 1]);
    assert.match(String(failures), /a bug of the log/);
    world.isTellingBroken = false;
    written.apply(gateway(8081));
    await reconciler.settled();
    assert.deepEqual([applied.length, failures.length], [2, 1]);
  });

  it('is told, and the next one does all of the work', async t => {
    const { written, world, applied, views, failures, reconciler } = await setUp(t);
    world.isPlaneBroken = true;
    written.apply(gateway(8081));
    await reconciler.settled();
    assert.match(String(failures), /a bug of the plane/);
    assert.equal(views.length, 1);
    world.isPlaneBroken = false;
    written.apply(gateway(8082));
    await reconciler.settled();
    assert.equal(failures.length, 1);
    assert.equal(views.at(-1)?.translation.snapshot.bindings[0]?.port, 8082);
    assert.deepEqual(
      applied.map(({ version }) => version),
      [1, 3],
    );
  });

  it('is tried again by itself, less and less often, until one does not', async t => {
    const { written, world, views, failures, reconciler, clock } = await setUp(t);
    world.isPlaneBroken = true;
    written.apply(gateway(8081));
    const afterSeconds = async (seconds: number): Promise<number> => {
      for (let at = 0; at < seconds; at++) {
        clock.advance(1_000);
        await reconciler.settled();
      }
      return failures.length;
    };
    await reconciler.settled();
    for (const [seconds, broken] of [
      [1, 2],
      [2, 3],
      [4, 4],
    ] as const)
      assert.equal(await afterSeconds(seconds), broken);
    assert.ok((await afterSeconds(600)) < 18);
    world.isPlaneBroken = false;
    await afterSeconds(60);
    assert.equal(views.at(-1)?.translation.snapshot.bindings[0]?.port, 8081);
    assert.equal(clock.pending, 0);
    world.isPlaneBroken = true;
    written.apply(gateway(8082));
    await reconciler.settled();
    const before = failures.length;
    assert.equal(await afterSeconds(1), before + 1, 'soon again');
  });
});

describe('a port that the OS refuses', () => {
  const boundAfter = async (
    ms: number,
    { clock, reconciler, views }: Awaited<ReturnType<typeof setUp>>,
  ): Promise<boolean> => {
    clock.advance(ms);
    await reconciler.settled();
    return views.at(-1)?.bindFailures.size === 0;
  };

  it('is another one, at once, where it had been chosen and somebody took it meanwhile', async t => {
    const { applied, views } = await setUp(t, { isPortTaken: 'at first', ports: 'ephemeral' });
    // Chosen anew: it may be the same number, for nobody has it here.
    assert.equal(applied.length, 2);
    assert.notEqual(applied[0]?.bindings[0], applied[1]?.bindings[0]);
    assert.deepEqual([views.length, views[0]?.bindFailures.size], [1, 0]);
  });

  it('is tried again each second until it is free', async t => {
    const running = await setUp(t, { isPortTaken: true });
    for (let second = 1; second < 3; second++) assert.equal(await boundAfter(1_000, running), false);
    running.world.isPortTaken = false;
    assert.equal(await boundAfter(1_000, running), true);
    assert.equal(running.clock.pending, 0);
  });

  it('is tried again when the reload breaks that tries it', async t => {
    const running = await setUp(t, { isPortTaken: true });
    running.world.isPlaneBroken = true;
    await boundAfter(1_000, running);
    assert.equal(running.failures.length, 1);
    Object.assign(running.world, { isPlaneBroken: false, isPortTaken: false });
    assert.equal(await boundAfter(1_000, running), true);
    assert.equal(running.clock.pending, 0);
  });
});

function pathsOf(snapshot: Snapshot): readonly string[] {
  const matches = firstHosts(snapshot).flatMap(({ entries }) => entries.map(({ match }) => match));
  return matches.flatMap(match => (match.kind === 'http' ? [match.path.value] : [])).sort();
}
