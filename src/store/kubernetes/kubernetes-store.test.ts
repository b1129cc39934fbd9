// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { SkippingClock } from '../../time/skipping-clock.test-support.ts';
import { until } from '../../time/until.test-support.ts';
import { FakeApi, type FakeObject } from './fake-api.test-support.ts';
import { httpsClient } from './https-client.ts';
import type { KubeClient } from './kube-client.ts';
import { type KubernetesStore, type KubernetesStoreOptions, kubernetesStore } from './kubernetes-store.ts';
import { pathOf } from './observed-object.ts';
import { READ_KINDS } from './read-kinds.ts';

/** Kinds that are watched whatever there is. */
const ALWAYS_READ = READ_KINDS.filter(
  ({ fieldSelector }) => fieldSelector({ xBackends: [], clients: { of: 'none' }, secrets: true }) !== null,
).length;

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';

/** What the server says that may be watched of the Gateway API; of everything else all. */
function rulesFor(resources: readonly string[]): object {
  const verbs = ['get', 'list', 'watch'];
  const others = ['', 'discovery.k8s.io', 'certificates.k8s.io', 'gateway.networking.x-k8s.io'];
  return {
    status: {
      resourceRules: [
        { apiGroups: others, resources: ['*'], verbs },
        { apiGroups: ['gateway.networking.k8s.io'], resources, verbs },
        { apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes'], resourceNames: ['one'], verbs },
      ],
    },
  };
}

interface Followed {
  readonly store: KubernetesStore;
  readonly clock: SkippingClock;
  readonly log: string[];
  /** Resolves after the next change, once `condition` holds of it. */
  until(condition: () => boolean): Promise<void>;
  changes(): number;
  /** Watches that were answered so far. */
  opened(): number;
}

function follow(
  t: TestContext,
  api: FakeApi,
  more: Pick<KubernetesStoreOptions, 'clients' | 'secrets' | 'waitsForRights' | 'watchesRights'> = {},
): Followed {
  const clock = new SkippingClock();
  const log: string[] = [];
  const tell = (message: string): void => void log.push(message);
  const client = httpsClient(api.access);
  let opened = 0;
  const watch: KubeClient['watch'] = (asked, onEvent) => {
    const onOpen = (): void => {
      opened++;
      asked.onOpen?.();
    };
    return client.watch({ ...asked, onOpen }, onEvent);
  };
  const store = kubernetesStore({
    client: { server: client.server, request: asked => client.request(asked), watch, close: () => client.close() },
    clock,
    random: () => 0,
    log: { info: tell, warn: tell },
    ...more,
  });
  t.after(() => store.close());
  let changes = 0;
  const waiting = new Set<() => void>();
  store.onChange(() => {
    changes++;
    for (const check of waiting) check();
  });
  const until = (condition: () => boolean): Promise<void> =>
    new Promise(resolve => {
      const check = (): void => {
        if (!condition()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return { store, clock, log, until, changes: () => changes, opened: () => opened };
}

async function started(t: TestContext, api: FakeApi, more?: Parameters<typeof follow>[2]): Promise<Followed> {
  const followed = follow(t, api, more);
  await followed.store.start();
  return followed;
}

/** Lets the event loop turn until something holds that no change tells of; `skip` passes pauses of backoff. */
function eventually(condition: () => boolean, { clock }: Followed): Promise<void> {
  return until(condition, () => clock.skip(1_000));
}

const route = (name: string, path = '/'): FakeObject => ({
  kind: 'HTTPRoute',
  namespace: 'a',
  name,
  spec: { parentRefs: [{ name: 'gw' }], rules: [{ matches: [{ path: { type: 'PathPrefix', value: path } }] }] },
});

const names = ({ store }: Followed): string[] => [...store.current().resources.httpRoutes.keys()].sort();

/** How the storage of a kind refuses. */
const MADE_READY = { reason: 'TooManyRequests', headers: { 'retry-after': '1' } };

describe('a store that follows a cluster', () => {
  it('has everything before it starts, read in pages', async t => {
    const api = await FakeApi.start(t);
    api.pageSize = 3;
    for (let i = 0; i < 10; i++) api.put(route(`r${i}`));
    api.put({ kind: 'Namespace', name: 'a', metadata: { labels: { team: 'x' } } });
    const followed = await started(t, api);
    assert.equal(names(followed).length, 10);
    const { namespaces } = followed.store.current().resources;
    assert.equal(namespaces.get('a')?.metadata.labels['team'], 'x');
    assert.deepEqual(followed.store.current().findings, []);
    assert.equal(api.requests.filter(request => request.includes('continue=')).length, 3);
  });

  it('follows what is added, changed and deleted', async t => {
    const api = await FakeApi.start(t);
    const followed = await started(t, api);
    api.put(route('r'));
    await followed.until(() => names(followed).length === 1);
    const before = followed.store.current().resources.httpRoutes.get('a/r');
    api.put(route('r', '/b'));
    await followed.until(() => followed.store.current().resources.httpRoutes.get('a/r') !== before);
    api.delete(route('r'));
    await followed.until(() => names(followed).length === 0);
  });

  it('tells of many changes at once, and of none that brings only a status', async t => {
    const api = await FakeApi.start(t);
    api.put(route('first'));
    const followed = await started(t, api);
    const seen: string[] = [];
    followed.store.onObserved(key => seen.push(key));
    for (let i = 0; i < 500; i++) api.put(route(`r${i}`));
    await followed.until(() => names(followed).length === 501);
    assert.ok(followed.changes() < 20, `${followed.changes()} changes`);
    const { resources } = followed.store.current();
    api.put({ ...route('first'), status: { parents: [] } });
    api.put(route('last'));
    await followed.until(() => followed.store.current().resources.httpRoutes.has('a/last'));
    const observed = followed.store.observed('HTTPRoute/a/first');
    assert.deepEqual(observed?.status, { parents: [] });
    assert.equal(observed && pathOf(observed), '/apis/gateway.networking.k8s.io/v1/namespaces/a/httproutes/first');
    assert.equal(followed.store.current().resources.httpRoutes.get('a/first'), resources.httpRoutes.get('a/first'));
    assert.ok(seen.includes('HTTPRoute/a/first'));
  });

  it('reads Pods only while an XBackend selects some, and of them where they are and whether they are ready', async t => {
    const api = await FakeApi.start(t);
    const pod = (ready: string): FakeObject => ({
      kind: 'Pod',
      namespace: 'a',
      name: 'p',
      metadata: { labels: { app: 'a' } },
      spec: { containers: [{ name: 'c' }] },
      status: { podIP: '10.0.0.1', hostIP: '10.9.9.9', conditions: [{ type: 'Ready', status: ready, reason: 'x' }] },
    });
    const spec = { type: 'EndpointSelector', endpointSelector: { matchLabels: { app: 'a' } }, port: { number: 80 } };
    const selecting: FakeObject = { kind: 'XBackend', namespace: 'a', name: 'b', spec };
    const podsOf = ({ store }: Followed) => [...store.current().resources.pods.values()];
    api.put(pod('True'));
    const followed = await started(t, api);
    assert.deepEqual(podsOf(followed), []);
    assert.ok(!api.requests.some(request => request.includes('/pods')));
    api.put(selecting);
    await followed.until(() => podsOf(followed).length === 1);
    const [read] = podsOf(followed);
    const conditions = [{ type: 'Ready', status: 'True' }];
    assert.deepEqual(read?.status, { phase: '', podIP: '10.0.0.1', podIPs: [], conditions });
    assert.deepEqual(read?.spec, { hostNetwork: false });
    api.put(pod('False'));
    await followed.until(() => podsOf(followed)[0]?.status.conditions[0]?.status === 'False');
    api.delete(selecting);
    await followed.until(() => podsOf(followed).length === 0);
    const again = await started(t, api);
    assert.deepEqual(podsOf(again), []);
    api.put(selecting);
    await again.until(() => podsOf(again).length === 1);
    assert.equal(podsOf(await started(t, api)).length, 1, 'before it starts');
  });

  it('reads no Secrets where none are needed', async t => {
    const api = await FakeApi.start(t);
    api.put({ kind: 'Secret', namespace: 'a', name: 's', data: {} });
    const followed = await started(t, api, { secrets: false });
    assert.equal(followed.store.current().resources.secrets.size, 0);
    assert.ok(!api.requests.some(request => request.includes('/secrets')));
    assert.deepEqual(followed.log, []);
  });

  it('reads the Pods of a node as clients, all of them while an XBackend selects some', async t => {
    const api = await FakeApi.start(t);
    const asked = (): string[] => api.requests.filter(request => /pods\?.*limit/.test(request)).map(selectorOf);
    api.put({
      kind: 'Pod',
      namespace: 'a',
      name: 'p',
      spec: { nodeName: 'n1', hostNetwork: true },
      status: { podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] },
    });
    const followed = await started(t, api, { clients: { of: 'node', node: 'n1' } });
    assert.deepEqual(asked(), ['spec.nodeName=n1']);
    const [read] = followed.store.current().resources.pods.values();
    assert.equal(read?.spec.hostNetwork, true);
    assert.deepEqual(
      read?.status.podIPs.map(({ ip }) => ip),
      ['10.0.0.1', 'fd00::1'],
    );
    const spec = { type: 'EndpointSelector', endpointSelector: { matchLabels: { app: 'a' } }, port: { number: 80 } };
    api.put({ kind: 'XBackend', namespace: 'a', name: 'b', spec });
    await followed.until(() => followed.store.current().resources.xBackends.size === 1);
    api.put({ kind: 'Pod', namespace: 'a', name: 'q', spec: { nodeName: 'n2' } });
    await followed.until(() => followed.store.current().resources.pods.size === 2);
    assert.deepEqual(asked(), ['spec.nodeName=n1', '']);
  });

  it('takes the answer to a write as news, and the watch that repeats it as none', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    const followed = await started(t, api);
    const known = followed.store.observed('HTTPRoute/a/r');
    const metadata = { name: 'r', namespace: 'a', uid: known?.uid, resourceVersion: '900' };
    followed.store.noteWritten({ ...route('r'), kind: 'HTTPRoute', metadata, status: { parents: [] } });
    assert.equal(followed.store.observed('HTTPRoute/a/r')?.resourceVersion, '900');
    api.put({ ...route('r'), status: { parents: [1] } });
    api.put(route('other'));
    await followed.until(() => names(followed).length === 2);
    assert.equal(followed.store.observed('HTTPRoute/a/r')?.resourceVersion, '900', 'an older version says nothing');
  });

  it('keeps of Secrets and ConfigMaps what a gateway refers to', async t => {
    const api = await FakeApi.start(t);
    const data = { 'tls.crt': 'eA==', 'tls.key': 'eA==', password: 'eA==' };
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': 'all of it', kept: 'yes' };
    api.put({ kind: 'Secret', namespace: 'a', name: 's', type: 'kubernetes.io/tls', data, metadata: { annotations } });
    api.put({ kind: 'ConfigMap', namespace: 'a', name: 'c', data: { 'ca.crt': 'pem', page: 'long' } });
    const { store } = await started(t, api);
    const { secrets, configMaps } = store.current().resources;
    assert.deepEqual(Object.keys(secrets.get('a/s')?.data ?? {}), ['tls.crt', 'tls.key']);
    assert.deepEqual({ ...secrets.get('a/s')?.metadata.annotations }, { kept: 'yes' });
    assert.deepEqual({ ...configMaps.get('a/c')?.data }, { 'ca.crt': 'pem', page: '' }, 'of others the name');
  });

  it('keeps the last good state of an object that our schema refuses, and says why', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    const followed = await started(t, api);
    const good = followed.store.current().resources.httpRoutes.get('a/r');
    api.put({ ...route('r'), spec: { rules: 'none' } });
    await followed.until(() => followed.store.current().findings.length > 0);
    assert.equal(followed.store.current().resources.httpRoutes.get('a/r'), good);
    const codes = followed.store.current().findings.map(({ code }) => code);
    assert.ok(codes.some(code => code.startsWith('schema/')) && codes.includes('store/kept-object'), codes.join());
    api.put({ ...route('new'), spec: { rules: 'none' } });
    api.put(route('r', '/b'));
    await followed.until(() => followed.store.current().resources.httpRoutes.get('a/r') !== good);
    assert.deepEqual(names(followed), ['a/r']);
  });
});

describe('a store whose API server fails', () => {
  it('waits for it at the start, and says so once', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    await api.down();
    const followed = follow(t, api);
    const start = followed.store.start();
    await eventually(() => followed.log.length > 0, followed);
    assert.match(followed.log[0] ?? '', /the API server fails/);
    assert.deepEqual(names(followed), []);
    await api.up();
    const ticking = eventually(() => names(followed).length > 0, followed);
    await start;
    await ticking;
    assert.deepEqual(names(followed), ['a/r']);
    assert.match(followed.log.at(-1) ?? '', /answers again/);
    assert.equal(followed.log.length, 2);
  });

  it('keeps everything while it is gone, and then goes on where it was', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    const followed = await started(t, api);
    await eventually(() => api.openWatches === ALWAYS_READ, followed);
    const { resources } = followed.store.current();
    await api.down();
    await eventually(() => followed.log.some(line => /fails/.test(line)), followed);
    api.put(route('meanwhile'));
    await api.up();
    api.requests.length = 0;
    await eventually(() => names(followed).length === 2, followed);
    assert.equal(followed.store.current().resources.httpRoutes.get('a/r'), resources.httpRoutes.get('a/r'));
    assert.deepEqual(
      api.requests.filter(request => request.includes('limit=500')),
      [],
      'nothing is listed again',
    );
    await eventually(() => followed.log.some(line => /again$/.test(line)), followed);
    assert.equal(followed.log.length, 2);
  });

  for (const how of ['ended', 'lost'] as const) {
    it(`goes on from the same place when watches are ${how}`, async t => {
      const api = await FakeApi.start(t);
      api.put(route('r'));
      const followed = await started(t, api);
      await eventually(() => api.openWatches === ALWAYS_READ, followed);
      api.endWatches(how);
      api.put(route('meanwhile'));
      await eventually(() => names(followed).length === 2, followed);
      assert.equal(api.requests.filter(request => request.includes('httproutes?limit=500')).length, 1);
    });
  }

  it('says nothing of watches that are lost time and again and begin anew, and is not slower each time', async t => {
    const api = await FakeApi.start(t);
    const followed = await started(t, api);
    for (let round = 0; round < 6; round++) {
      await eventually(() => followed.opened() === ALWAYS_READ * (round + 1), followed);
      followed.clock.skip(3_000);
      const beforeMs = followed.clock.nowMs();
      api.endWatches('lost');
      api.put(route(`r${round}`));
      await followed.until(() => names(followed).length === round + 1);
      assert.ok(followed.clock.nowMs() - beforeMs < 5_000, 'the sixth of longer pauses would be 7.5 s');
    }
    assert.deepEqual(followed.log, []);
  });

  it('lists less and less often while its place is too old each time', async t => {
    const api = await FakeApi.start(t);
    const followed = await started(t, api);
    const beforeMs = followed.clock.nowMs();
    while (followed.clock.nowMs() - beforeMs < 60_000) {
      api.expireWatches();
      followed.clock.skip(10);
      await new Promise(resolve => setImmediate(resolve));
    }
    const lists = api.requests.filter(request => request.includes('httproutes?limit=500'));
    assert.ok(lists.length <= 15, `${lists.length} lists in a minute`);
  });

  it('lists again when its place is too old, and nothing is missing meanwhile', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    api.put(route('gone'));
    const followed = await started(t, api);
    const kept = followed.store.current().resources.httpRoutes.get('a/r');
    await eventually(() => api.openWatches === ALWAYS_READ, followed);
    const counts = new Set<number>();
    followed.store.onChange(() => counts.add(names(followed).length));
    api.endWatches('lost');
    api.delete(route('gone'));
    api.put(route('b'));
    api.put(route('c'));
    api.compact();
    await eventually(() => names(followed).length === 3, followed);
    assert.deepEqual([...counts], [3], 'one change from the old list to the new one');
    assert.equal(followed.store.current().resources.httpRoutes.get('a/r'), kept);
    api.put(route('d'));
    api.expireWatches();
    await eventually(() => names(followed).length === 4, followed);
  });

  it('lists again when its store was set back, and follows what it says from there', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r', '/old'));
    const { version } = api;
    const followed = await started(t, api);
    api.put(route('r', '/new'));
    for (let i = 0; i < 9; i++) api.put(route(`lost${i}`));
    await eventually(() => names(followed).length === 10, followed);
    api.setBack(version);
    await eventually(() => names(followed).length === 1, followed);
    assert.match(JSON.stringify(followed.store.current().resources.httpRoutes.get('a/r')?.spec), /old/);
    await eventually(() => api.openWatches === ALWAYS_READ, followed);
    api.put(route('b'));
    await followed.until(() => names(followed).length === 2);
  });

  it('begins a list again when it goes on for too long for the server', async t => {
    const api = await FakeApi.start(t);
    api.pageSize = 1;
    for (let i = 0; i < 3; i++) api.put(route(`r${i}`));
    const followed = follow(t, api);
    const start = followed.store.start();
    await eventually(() => api.requests.some(request => request.includes('continue=')), followed);
    api.put(route('r3'));
    api.compact();
    const ticking = eventually(() => names(followed).length === 4, followed);
    await start;
    await ticking;
  });

  it('does not wait for as long as what stands before a server may ask for', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    api.fail('HTTPRoute', 503, { headers: { 'retry-after': '86400' }, left: 1 });
    const followed = follow(t, api);
    const start = followed.store.start();
    await eventually(() => followed.log.length > 0, followed);
    const beforeMs = followed.clock.nowMs();
    await Promise.all([start, eventually(() => names(followed).length === 1, followed)]);
    assert.ok(followed.clock.nowMs() - beforeMs < 65_000);
  });

  it('waits as long as the server asks for', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    api.fail('HTTPRoute', 429, { headers: { 'retry-after': '60' }, left: 1 });
    const followed = follow(t, api);
    const start = followed.store.start();
    await eventually(() => followed.log.length > 0, followed);
    const beforeMs = followed.clock.nowMs();
    await Promise.all([start, eventually(() => names(followed).length === 1, followed)]);
    assert.ok(followed.clock.nowMs() - beforeMs > 55_000);
  });

  it('does not say that the server fails while that makes a kind ready whose definition was changed', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    const followed = await started(t, api);
    await eventually(() => api.openWatches === ALWAYS_READ, followed);
    api.fail('HTTPRoute', 429, { ...MADE_READY, left: 2, message: 'in other words' });
    api.endWatches('ended');
    api.put(route('s'));
    await eventually(() => names(followed).length === 2, followed);
    assert.deepEqual(followed.store.health().failing, null);
    assert.equal(followed.log.filter(line => line.includes('makes a kind ready anew')).length, 1);
    assert.equal(followed.log.length, 1);
  });

  it('says so when the server does not get a kind ready, as where it cannot convert its objects', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    const followed = await started(t, api);
    await eventually(() => api.openWatches === ALWAYS_READ, followed);
    api.fail('HTTPRoute', 429, { ...MADE_READY, message: 'storage is (re)initializing' });
    api.endWatches('ended');
    await eventually(() => followed.store.health().failing !== null, followed);
    assert.match(followed.store.health().failing?.message ?? '', /initializing/);
    api.heal('HTTPRoute');
    await eventually(() => followed.store.health().failing === null, followed);
  });

  it('says at once that a server fails which is too busy', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    const followed = await started(t, api);
    await eventually(() => api.openWatches === ALWAYS_READ, followed);
    api.fail('HTTPRoute', 429, { headers: { 'retry-after': '1' }, message: 'storage is (re)initializing' });
    api.endWatches('ended');
    await eventually(() => followed.store.health().failing !== null, followed);
    assert.equal(followed.log.filter(line => line.includes('makes a kind ready anew')).length, 0);
  });

  it('is well again once what fails is not asked for any more', async t => {
    const api = await FakeApi.start(t);
    const spec = { type: 'EndpointSelector', endpointSelector: { matchLabels: { app: 'a' } }, port: { number: 80 } };
    const selecting: FakeObject = { kind: 'XBackend', namespace: 'a', name: 'b', spec };
    api.fail('Pod', 500);
    const followed = await started(t, api);
    api.put(selecting);
    await eventually(() => followed.store.health().failing !== null, followed);
    api.delete(selecting);
    await eventually(() => followed.store.health().failing === null, followed);
    assert.equal(followed.store.freshness().state, 'followed');
  });

  it('tells of what fails now, not of what failed first', async t => {
    const api = await FakeApi.start(t);
    const followed = await started(t, api);
    await eventually(() => api.openWatches === ALWAYS_READ, followed);
    const message = (): string => followed.store.health().failing?.message ?? '';
    api.fail('HTTPRoute', 500);
    api.endWatches('ended');
    await eventually(() => message().includes('httproutes'), followed);
    api.fail('Gateway', 503);
    api.endWatches('ended');
    await eventually(() => message().includes('gateways'), followed);
    const { sinceMs } = followed.store.health().failing ?? {};
    api.heal('Gateway');
    await eventually(() => message().includes('httproutes'), followed);
    assert.equal(followed.store.health().failing?.sinceMs, sinceMs);
  });

  it('goes on after an error of the server', async t => {
    const api = await FakeApi.start(t);
    const followed = await started(t, api);
    await eventually(() => api.openWatches === ALWAYS_READ, followed);
    api.fail('*', 500, { left: 40 });
    api.endWatches('lost');
    api.put(route('r'));
    await eventually(() => names(followed).length === 1, followed);
    await eventually(() => followed.log.some(line => /again$/.test(line)), followed);
    assert.equal(followed.log.length, 2);
  });

  it('lists again when watches from its place end in an error each time', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    const followed = await started(t, api);
    await eventually(() => api.openWatches === ALWAYS_READ, followed);
    const { length: before } = api.requests;
    api.put(route('b'));
    await eventually(() => names(followed).length === 2, followed);
    // What comes next is the one that cannot be told: a list says that it is gone.
    api.endWatches('lost');
    api.put(route('odd'));
    api.delete(route('odd'));
    api.put(route('c'));
    api.brokenBefore = api.version;
    await eventually(() => names(followed).length === 3, followed);
    const lists = api.requests.slice(before).filter(request => request.includes('httproutes?limit=500'));
    assert.equal(lists.length, 1);
  });

  it('does without a kind that it may not read, says so, and reads it once it may', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    api.put({ kind: 'GatewayClass', name: 'c', spec: { controllerName: 'example.com/c' } });
    api.fail('HTTPRoute', 403);
    const followed = await started(t, api);
    const { resources, findings } = followed.store.current();
    assert.deepEqual([...resources.gatewayClasses.keys()], ['c']);
    assert.deepEqual(
      findings.map(({ code, help }) => [code, help]),
      [
        [
          'store/not-permitted',
          "let daemun's service account get, list and watch httproutes of gateway.networking.k8s.io",
        ],
      ],
    );
    assert.equal(followed.log.filter(line => /may not be read/.test(line)).length, 1);
    assert.deepEqual(
      followed.store.health().denied.map(({ kind }) => kind),
      ['HTTPRoute'],
    );
    api.heal('HTTPRoute');
    await eventually(() => names(followed).length === 1, followed);
    assert.deepEqual(followed.store.current().findings, []);
    assert.deepEqual(followed.store.health(), { failing: null, denied: [] });
    assert.equal(followed.log.filter(line => /may not be read/.test(line)).length, 1);
  });

  it('keeps what it has when permission is taken away', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    const followed = await started(t, api);
    await eventually(() => api.openWatches === ALWAYS_READ, followed);
    api.fail('HTTPRoute', 403);
    api.endWatches('lost');
    await eventually(() => followed.store.current().findings.length > 0, followed);
    assert.deepEqual(names(followed), ['a/r']);
  });

  it('notices within a minute that a right is taken away, though the watch goes on', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    api.answers.set(REVIEWS, rulesFor(['httproutes', 'gateways']));
    const followed = await started(t, api, { watchesRights: true });
    await eventually(() => api.openWatches === ALWAYS_READ, followed);
    const asked = api.requests.length;
    api.fail('HTTPRoute', 403);
    api.answers.set(REVIEWS, rulesFor(['gateways']));
    await eventually(() => followed.store.health().denied.length > 0, followed);
    assert.deepEqual(names(followed), ['a/r']);
    const reviews = api.requests.slice(asked).filter(request => request.includes(REVIEWS));
    assert.ok(reviews.length <= 2, String(reviews.length));
    assert.equal(followed.log.filter(line => /may not be read/.test(line)).length, 1);
  });

  it('goes on where it was when the rules say less than the server lets it do', async t => {
    const api = await FakeApi.start(t);
    api.answers.set(REVIEWS, rulesFor(['httproutes', 'gateways']));
    const followed = await started(t, api, { watchesRights: true });
    await eventually(() => api.openWatches === ALWAYS_READ, followed);
    const opened = followed.opened();
    api.answers.set(REVIEWS, rulesFor(['gateways']));
    await eventually(() => followed.opened() > opened, followed);
    api.put(route('r'));
    await eventually(() => names(followed).length === 1, followed);
    assert.equal(followed.opened(), opened + 1);
    assert.deepEqual(followed.store.health(), { failing: null, denied: [] });
    assert.deepEqual(followed.log, []);
  });

  for (const kind of ['GatewayClass', 'Gateway', 'HTTPRoute', 'GRPCRoute', 'Service', 'EndpointSlice'])
    it(`does not begin without the right to read each ${kind}, where it is to wait for that`, async t => {
      const api = await FakeApi.start(t);
      api.fail(kind, 403);
      const followed = follow(t, api, { waitsForRights: true });
      let isStarted = false;
      const start = followed.store.start().then(() => {
        isStarted = true;
      });
      await eventually(() => followed.opened() === ALWAYS_READ - 1, followed);
      assert.equal(isStarted, false);
      api.heal(kind);
      await followed.clock.hasten(start);
      assert.deepEqual(followed.store.current().findings, []);
    });

  it('begins without other kinds that it may not read', async t => {
    const api = await FakeApi.start(t);
    for (const kind of ['Secret', 'TCPRoute', 'ReferenceGrant']) api.fail(kind, 403);
    const followed = follow(t, api, { waitsForRights: true });
    await followed.clock.hasten(followed.store.start());
    assert.equal(followed.store.health().denied.length, 3);
  });
});

describe('a store of a cluster without some kinds', () => {
  it('reads the definitions of v1.2 of the standard channel, each kind in the version that is served', async t => {
    const api = await FakeApi.start(t);
    for (const kind of ['TLSRoute', 'TCPRoute', 'UDPRoute', 'ListenerSet', 'BackendTLSPolicy'])
      api.setServed(kind, false);
    for (const { kind, declaration } of READ_KINDS) {
      if (declaration.group === 'gateway.networking.x-k8s.io') api.setServed(kind, false);
    }
    api.setServed('ClusterTrustBundle', false);
    api.setVersion('ReferenceGrant', 'v1beta1');
    api.put(route('r'));
    const spec = { from: [{ group: '', kind: 'Service', namespace: 'b' }], to: [{ group: '', kind: 'Service' }] };
    api.put({ kind: 'ReferenceGrant', namespace: 'a', name: 'g', spec });
    const followed = await started(t, api);
    const grant = followed.store.current().resources.referenceGrants.get('a/g');
    assert.equal(grant?.apiVersion, 'gateway.networking.k8s.io/v1beta1');
    assert.deepEqual(names(followed), ['a/r']);
    assert.deepEqual(followed.store.current().findings, []);
    assert.ok(
      followed.log.every(line => /has no such kind/.test(line)),
      followed.log.join(),
    );
  });

  it('reads an experimental kind in an old version, and names the place of its status there', async t => {
    const api = await FakeApi.start(t);
    api.setVersion('TCPRoute', 'v1alpha2');
    api.put({
      kind: 'TCPRoute',
      namespace: 'a',
      name: 't',
      spec: { rules: [{ backendRefs: [{ name: 's', port: 80 }] }] },
    });
    const { store } = await started(t, api);
    assert.deepEqual(store.current().findings, []);
    assert.ok(store.current().resources.tcpRoutes.has('a/t'));
    const path = '/apis/gateway.networking.k8s.io/v1alpha2/namespaces/a/tcproutes/t';
    const observed = store.observed('TCPRoute/a/t');
    assert.equal(observed && pathOf(observed), path);
  });

  it('starts without them, and reads them when they come', async t => {
    const api = await FakeApi.start(t);
    api.setServed('HTTPRoute', false);
    const followed = await started(t, api);
    assert.deepEqual(names(followed), []);
    api.setServed('HTTPRoute', true);
    api.put(route('r'));
    await eventually(() => names(followed).length === 1, followed);
  });

  it('asks every ten seconds for groups of missing kinds alone, and once a minute for all', async t => {
    const api = await FakeApi.start(t);
    for (const { kind, declaration } of READ_KINDS)
      if (declaration.group === 'gateway.networking.x-k8s.io') api.setServed(kind, false);
    const followed = await started(t, api);
    const asked = (group: string): number => api.requests.filter(request => request === `GET /apis/${group}`).length;
    await eventually(() => asked('discovery.k8s.io') === 3, followed);
    const looks = asked('gateway.networking.x-k8s.io');
    assert.ok(looks >= 12 && looks <= 14, String(looks));
    assert.equal(asked('gateway.networking.k8s.io'), 3);
  });

  it('lets go of a kind that is deleted', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    const followed = await started(t, api);
    api.setServed('HTTPRoute', false);
    await eventually(() => names(followed).length === 0, followed);
    await eventually(() => followed.store.current().absentKinds?.has('HTTPRoute') === true, followed);
    assert.equal(followed.store.current().absentKinds?.has('Gateway'), false);
  });

  it('tells that a kind went or came which has no objects', async t => {
    const api = await FakeApi.start(t);
    const followed = await started(t, api);
    const isAbsent = (): boolean => followed.store.current().absentKinds?.has('GRPCRoute') === true;
    assert.equal(isAbsent(), false);
    api.setServed('GRPCRoute', false);
    await eventually(isAbsent, followed);
    api.setServed('GRPCRoute', true);
    await eventually(() => !isAbsent(), followed);
  });

  it('keeps a kind that a starting server does not have for a moment', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    const followed = await started(t, api);
    await eventually(() => api.openWatches === ALWAYS_READ, followed);
    const looks = (): number =>
      api.requests.filter(request => request.endsWith('/apis/gateway.networking.k8s.io')).length;
    api.answers.set('/apis/gateway.networking.k8s.io/v1', { resources: [] });
    api.fail('HTTPRoute', 404);
    api.endWatches('lost');
    const before = looks();
    followed.store.reread();
    await eventually(() => looks() > before, { ...followed, clock: new SkippingClock() });
    api.answers.clear();
    api.heal('HTTPRoute');
    api.put(route('b'));
    await eventually(() => names(followed).length === 2, followed);
  });

  for (const [what, status, page] of [
    ['a page that says 200', 200, '<html>Sign in</html>'],
    ['a page that says 404', 404, '<html>no such host</html>'],
    ['JSON of somebody else', 200, '{"maintenance":true}'],
  ] as const)
    it(`keeps every kind while ${what} comes in the place of the server`, async t => {
      const api = await FakeApi.start(t);
      api.put(route('r'));
      const followed = await started(t, api);
      const looks = (): number => api.requests.filter(request => request.includes('GET /apis/discovery.k8s.io')).length;
      api.fail('*', status, { page });
      api.endWatches('lost');
      const before = looks();
      await eventually(() => looks() > before + 8, followed);
      assert.deepEqual(names(followed), ['a/r']);
      assert.equal(followed.store.current().absentKinds?.has('HTTPRoute'), false);
      await eventually(() => followed.store.health().failing !== null, followed);
      api.heal('*');
      api.put(route('b'));
      await eventually(() => names(followed).length === 2, followed);
    });

  it('does not start with nothing where a page that says 404 comes in the place of the server', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    api.fail('*', 404, { page: 'default backend - 404' });
    const followed = follow(t, api);
    const start = followed.store.start();
    await eventually(() => api.requests.filter(request => request === 'GET /apis').length > 2, followed);
    api.heal('*');
    await start;
    assert.deepEqual(names(followed), ['a/r']);
  });
});

function selectorOf(request: string): string {
  return new URL(request.split(' ')[1] ?? '', 'http://fake').searchParams.get('fieldSelector') ?? '';
}
