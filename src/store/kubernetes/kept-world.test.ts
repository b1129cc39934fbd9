// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { RESOURCE_MAPS, type Resource, type ResourceSet } from '../../resources/index.ts';
import { SkippingClock } from '../../time/skipping-clock.test-support.ts';
import { until } from '../../time/until.test-support.ts';
import { FakeApi, type FakeObject } from './fake-api.test-support.ts';
import { httpsClient } from './https-client.ts';
import type { WorldKeeper } from './kept-world.ts';
import { KindCache } from './kind-cache.ts';
import { type KubernetesStore, kubernetesStore } from './kubernetes-store.ts';
import { READ_KINDS } from './read-kinds.ts';

/** A place that outlives stores. */
class Shelf implements WorldKeeper {
  readonly place = 'the shelf';
  text: string | null = null;
  /** Since all was written; what was asked for at once is one text. */
  appended: string[] = [];
  saves = 0;
  failure: string | null = null;
  isInMemory = true;

  load(): Promise<string | null> {
    return Promise.resolve(this.text);
  }

  save(texts: Iterable<string>): Promise<void> {
    this.saves++;
    if (this.failure !== null) return Promise.reject(new Error(this.failure));
    this.text = [...texts].join('');
    this.appended = [];
    return Promise.resolve();
  }

  append(texts: Iterable<string>): Promise<boolean> {
    this.saves++;
    if (this.failure !== null) return Promise.reject(new Error(this.failure));
    if (this.text === null) return Promise.resolve(false);
    for (const text of texts) {
      this.text += text;
      this.appended.push(text);
    }
    return Promise.resolve(true);
  }

  takesSecrets(): Promise<boolean> {
    return Promise.resolve(this.isInMemory);
  }
}

interface Process {
  readonly store: KubernetesStore;
  readonly clock: SkippingClock;
  readonly log: string[];
  /** The sets that it served, one after the other. */
  readonly served: ResourceSet[];
}

/** A process that reads the API server and keeps what it knows on the shelf. */
async function start(t: TestContext, api: FakeApi, keeper: Shelf): Promise<Process> {
  const clock = new SkippingClock();
  const log: string[] = [];
  const tell = (message: string, fields?: object): void => void log.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const store = kubernetesStore({
    client: httpsClient(api.access),
    clock,
    random: () => 0,
    log: { info: tell, warn: tell },
    keeper,
  });
  t.after(() => store.close());
  await store.start();
  const served = [store.current().resources];
  store.onChange(() => served.push(store.current().resources));
  return { store, clock, log, served };
}

/** What a first process of `api` leaves on a shelf. */
async function shelfOf(t: TestContext, api: FakeApi, more: Partial<Shelf> = {}): Promise<Shelf> {
  const shelf = Object.assign(new Shelf(), more);
  const { store } = await start(t, api, shelf);
  await store.close();
  return shelf;
}

function eventually(condition: () => boolean, { clock }: Process): Promise<void> {
  return until(condition, () => clock.skip(1_000));
}

const route = (name: string, host = 'a.example.com'): FakeObject => ({
  kind: 'HTTPRoute',
  namespace: 'a',
  name,
  spec: { parentRefs: [{ name: 'gw' }], hostnames: [host], rules: [{}] },
});
const service = (name: string): FakeObject => ({
  kind: 'Service',
  namespace: 'a',
  name,
  spec: { ports: [{ port: 80 }] },
});
const secret: FakeObject = { kind: 'Secret', namespace: 'a', name: 's', type: 'Opaque', data: { 'ca.crt': 'Zm9v' } };

const names = ({ httpRoutes, services, secrets }: ResourceSet): string[] =>
  [...httpRoutes.keys(), ...services.keys(), ...secrets.keys()].sort();

async function apiWith(t: TestContext, ...objects: readonly FakeObject[]): Promise<FakeApi> {
  const api = await FakeApi.start(t);
  for (const object of objects) api.put(object);
  return api;
}

describe('what is known of a cluster, kept over a restart', () => {
  it('is served while the API server is gone, and replaced as a whole once it answers', async t => {
    const api = await apiWith(t, route('old'), service('one'), secret);
    const shelf = await shelfOf(t, api);
    await api.down();
    const second = await start(t, api, shelf);
    assert.deepEqual(names(second.served[0] as ResourceSet), ['a/old', 'a/one', 'a/s']);
    assert.equal(second.store.freshness().state, 'kept');
    assert.equal(second.log.filter(line => line.includes('kept before this start')).length, 1);
    api.delete({ kind: 'HTTPRoute', namespace: 'a', name: 'old' });
    api.put(route('new'));
    api.put(service('two'));
    await api.up();
    // Ends the pauses of all who ask, and nothing else: time stands until everything was read.
    second.clock.skip(15_000);
    await until(() => second.served.length !== 1);
    assert.deepEqual(names(second.served[1] as ResourceSet), ['a/new', 'a/one', 'a/s', 'a/two']);
    assert.equal(second.store.freshness().state, 'followed');
    assert.equal(
      second.served[0]?.services.get('a/one'),
      second.served[1]?.services.get('a/one'),
      'not translated again',
    );
  });

  it('is not asked for where the API server answers', async t => {
    const api = await apiWith(t, route('old'));
    const shelf = await shelfOf(t, api);
    api.put(route('new'));
    const second = await start(t, api, shelf);
    assert.deepEqual(names(second.served[0] as ResourceSet), ['a/new', 'a/old']);
    assert.equal(second.store.freshness().state, 'followed');
  });

  it('is served when the API server finds its kinds but lists none of them', async t => {
    const api = await apiWith(t, route('old'), service('one'));
    const shelf = await shelfOf(t, api);
    for (const { kind } of READ_KINDS) api.fail(kind, 500);
    const second = await start(t, api, shelf);
    assert.deepEqual(names(second.served[0] as ResourceSet), ['a/old', 'a/one']);
    for (const { kind } of READ_KINDS) api.heal(kind);
    await eventually(() => second.store.freshness().state === 'followed', second);
    assert.deepEqual(names(second.store.current().resources), ['a/old', 'a/one']);
  });

  it('does not hide for long what was read, when one kind cannot be', async t => {
    const api = await apiWith(t, route('old'), service('one'));
    const shelf = await shelfOf(t, api);
    api.fail('Service', 500);
    api.put(route('new'));
    const second = await start(t, api, shelf);
    await eventually(() => second.served.length > 1, second);
    assert.deepEqual(names(second.store.current().resources), ['a/new', 'a/old', 'a/one']);
    assert.equal(second.store.freshness().state, 'kept');
  });

  it('is not waited for for ever, when one kind cannot be read: the others are told of, and that one, too', async t => {
    const api = await apiWith(t, route('old'), service('one'));
    const shelf = await shelfOf(t, api);
    api.fail('Service', 500);
    const second = await start(t, api, shelf);
    const state = (): string => second.store.freshness().state;
    const codes = (): string[] => second.store.current().findings.map(({ code }) => code);
    await eventually(() => second.served.length > 1, second);
    assert.deepEqual([state(), codes()], ['kept', []]);
    const readMs = second.clock.nowMs();
    await eventually(() => state() === 'partly-kept', second);
    assert.ok(second.clock.nowMs() - readMs > 50_000, 'a minute is given to it');
    const freshness = second.store.freshness();
    assert.deepEqual(freshness.state === 'partly-kept' ? freshness.unread : [], ['Service']);
    await eventually(() => codes().includes('store/kept-kind'), second);
    const message = (): string => second.store.current().findings[0]?.message ?? '';
    assert.match(message(), /^Service could not be read since .*: .*500/);
    api.fail('Service', 503);
    await eventually(() => message().includes('503'), second);
    assert.match(second.store.health().failing?.message ?? '', /503/);
    api.heal('Service');
    await eventually(() => state() === 'followed', second);
    assert.deepEqual(codes(), []);
  });

  it('is told of each kind as long as that cannot be read, and not of one that was read and fails later', async t => {
    const api = await apiWith(t, route('old'), service('one'), secret);
    const shelf = await shelfOf(t, api);
    for (const kind of ['Service', 'Secret']) api.fail(kind, 500);
    const second = await start(t, api, shelf);
    const told = (): string[] =>
      second.store
        .current()
        .findings.map(({ message }) => message.split(' ')[0] ?? '')
        .sort();
    const unread = (): readonly string[] => {
      const freshness = second.store.freshness();
      return freshness.state === 'partly-kept' ? freshness.unread : [];
    };
    await eventually(() => told().length > 0, second);
    assert.deepEqual(
      [told(), [...unread()].sort()],
      [
        ['Secret', 'Service'],
        ['Secret', 'Service'],
      ],
    );
    api.heal('Service');
    await eventually(() => told().length === 1, second);
    assert.deepEqual([told(), unread()], [['Secret'], ['Secret']]);
    api.fail('HTTPRoute', 500);
    api.endWatches('ended');
    const asked = (): number => api.requests.filter(request => request.includes('/httproutes')).length;
    const before = asked();
    await eventually(() => asked() > before + 2, second);
    assert.deepEqual([told(), unread()], [['Secret'], ['Secret']]);
    api.heal('Secret');
    // Everything was read, and is not followed.
    await eventually(() => second.store.freshness().state === 'cut-off', second);
    assert.deepEqual(told(), []);
  });

  it('keeps kinds that a starting API server does not have at first', async t => {
    const api = await apiWith(t, route('old'));
    const shelf = await shelfOf(t, api);
    await api.down();
    const second = await start(t, api, shelf);
    api.setServed('HTTPRoute', false);
    await api.up();
    for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve));
    api.setServed('HTTPRoute', true);
    api.put(route('old'));
    await eventually(() => second.store.freshness().state === 'followed', second);
    for (const resources of second.served) assert.deepEqual(names(resources), ['a/old']);
  });

  it('holds private keys only where they stay in memory', async t => {
    const api = await apiWith(t, route('old'), secret);
    const shelf = await shelfOf(t, api, { isInMemory: false });
    assert.ok(shelf.text?.includes('"HTTPRoute"'));
    assert.ok(!shelf.text?.includes('"Secret","metadata"') && !shelf.text?.includes('Zm9v'));
  });

  for (const [what, spoil, why] of [
    ['is cut off', (text: string) => text.slice(0, -20), 'it is not whole'],
    ['is no JSON', () => 'garbage\n\n\n', 'Unexpected token'],
    ['is empty', () => '', 'Unexpected end'],
    [
      'is of another cluster',
      (text: string) => text.replace(/"server":"[^"]*"/, '"server":"https://other"'),
      'of another API server: https://other',
    ],
    [
      'is of another format',
      (text: string) => text.replace('"format":2', '"format":3'),
      'in format 3, of another version; this one keeps format 2',
    ],
    ['is nothing of ours', () => '{"format":2}\n', 'not what daemun keeps'],
    ['lacks an object', (text: string) => text.replace(/\n\{"apiVersion[^\n]*/, ''), 'it is not whole'],
  ] as const) {
    it(`is left alone, with a line in the log, when it ${what}`, async t => {
      const api = await apiWith(t, route('old'));
      const shelf = await shelfOf(t, api);
      shelf.text = spoil(shelf.text ?? '');
      await api.down();
      const clock = new SkippingClock();
      const log: string[] = [];
      const tell = (message: string, fields?: object): void => void log.push(`${message} ${JSON.stringify(fields)}`);
      const store = kubernetesStore({
        ...{ client: httpsClient(api.access), clock, random: () => 0, keeper: shelf },
        log: { info: tell, warn: tell },
      });
      t.after(() => store.close());
      const started = store.start();
      await until(() => log.some(line => line.includes('cannot be used') && line.includes(why)));
      assert.equal(store.current().resources.httpRoutes.size, 0);
      await store.close();
      await started;
    });
  }

  it('is written once in a minute however much changes, and tried again when that fails', async t => {
    const api = await apiWith(t, route('old'));
    const shelf = new Shelf();
    const first = await start(t, api, shelf);
    await eventually(() => shelf.saves === 1, first);
    shelf.failure = 'no space left on device';
    for (let change = 0; change < 20; change++) {
      api.put(route('old', `h${change}.example.com`));
      await new Promise(resolve => setImmediate(resolve));
    }
    await eventually(() => shelf.saves === 2, first);
    api.put(route('old', 'last.example.com'));
    await eventually(() => shelf.saves === 3, first);
    assert.equal(first.log.filter(line => line.includes('cannot be kept')).length, 1, first.log.join('\n'));
    shelf.failure = null;
    api.put(route('more'));
    await eventually(() => shelf.text?.includes('"more"') ?? false, first);
    assert.ok(shelf.text?.includes('last.example.com'));
  });

  it('is tried to be written again where nothing changes after it failed', async t => {
    const api = await FakeApi.start(t);
    api.put(route('r'));
    const shelf = new Shelf();
    shelf.failure = 'no space';
    const process = await start(t, api, shelf);
    await eventually(() => shelf.saves > 2, process);
    assert.equal(process.log.filter(line => line.includes('no space')).length, 1);
    shelf.failure = null;
    await eventually(() => shelf.text !== null, process);
    const { saves } = shelf;
    process.clock.skip(600_000);
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(shelf.saves, saves);
  });

  it('is written the less often the more changed at a time, for it costs the more', async t => {
    const many = (host: string): FakeObject[] => Array.from({ length: 1_000 }, (_, at) => route(`r${at}`, host));
    const api = await apiWith(t, ...many('old.example.com'));
    const shelf = new Shelf();
    const first = await start(t, api, shelf);
    await eventually(() => shelf.saves === 1, first);
    for (const object of many('new.example.com')) api.put(object);
    await until(
      () => first.store.current().resources.httpRoutes.get('a/r999')?.spec.hostnames?.[0] === 'new.example.com',
      () => first.clock.skip(20),
    );
    await eventually(() => shelf.saves === 2, first);
    const savedMs = first.clock.nowMs();
    api.put(route('more'));
    await eventually(() => shelf.saves === 3, first);
    const gapSeconds = (first.clock.nowMs() - savedMs) / 1_000;
    assert.ok(gapSeconds > 95 && gapSeconds < 110, `${gapSeconds} s`);
  });

  it('costs what changed: of many objects, those that are others or gone are written', async t => {
    const many = Array.from({ length: 200 }, (_, at) => route(`r${at}`));
    const api = await apiWith(t, ...many, service('one'), secret, { ...secret, name: 'gone' });
    const shelf = Object.assign(new Shelf(), { isInMemory: false });
    const first = await start(t, api, shelf);
    await eventually(() => shelf.saves === 1, first);
    api.put(route('r7', 'new.example.com'));
    api.put({ ...secret, data: { 'ca.crt': 'bmV3' } });
    api.delete({ kind: 'Secret', namespace: 'a', name: 'gone' });
    api.delete({ kind: 'HTTPRoute', namespace: 'a', name: 'r8' });
    await eventually(() => shelf.saves === 2, first);
    const [text = ''] = shelf.appended;
    const lines = text.trimEnd().split('\n');
    assert.deepEqual(
      [lines.length, /"lines":(\d+)/.exec(lines[2] ?? '')?.[1]],
      [3, '2'],
      'no Secret outside of memory, nor its name',
    );
    assert.ok(text.includes('new.example.com') && text.includes('{"gone":"HTTPRoute/a/r8"}'));
    await first.store.close();
    await api.down();
    const { served } = await start(t, api, shelf);
    assert.deepEqual(served[0]?.httpRoutes.get('a/r7')?.spec.hostnames, ['new.example.com']);
    assert.deepEqual([served[0]?.httpRoutes.size, served[0]?.httpRoutes.has('a/r8')], [199, false]);
  });

  it('leaves the thread free between some of many objects that changed', async t => {
    const api = await apiWith(t, ...Array.from({ length: 250 }, (_, at) => route(`r${at}`)));
    const shelf = new Shelf();
    const first = await start(t, api, shelf);
    await eventually(() => shelf.saves === 1, first);
    for (let at = 0; at < 250; at++) api.put(route(`r${at}`, 'new.example.com'));
    const hosts = () => Array.from(first.served.at(-1)?.httpRoutes.values() ?? [], ({ spec }) => spec.hostnames?.[0]);
    await until(
      () => hosts().every(host => host === 'new.example.com'),
      () => first.clock.skip(20),
    );
    await eventually(() => shelf.appended.length > 0, first);
    assert.ok(shelf.appended.length > 1, 'in parts');
    for (const text of shelf.appended) assert.ok(text.split('\n').length <= 102, `${text.split('\n').length} lines`);
  });

  it('is as it was before what was not written to its end', async t => {
    const api = await apiWith(t, route('old'), route('other'));
    const shelf = new Shelf();
    const first = await start(t, api, shelf);
    await eventually(() => shelf.saves === 1, first);
    api.put(route('old', 'new.example.com'));
    api.delete({ kind: 'HTTPRoute', namespace: 'a', name: 'other' });
    await eventually(() => shelf.appended.length === 1, first);
    await first.store.close();
    await api.down();
    shelf.text = shelf.text?.slice(0, -20) ?? '';
    const { served } = await start(t, api, shelf);
    assert.deepEqual(names(served[0] as ResourceSet), ['a/old', 'a/other']);
    assert.deepEqual(served[0]?.httpRoutes.get('a/old')?.spec.hostnames, ['a.example.com']);
  });

  it('is written anew, once what was appended is more than there was, or somebody else wrote there', async t => {
    const api = await apiWith(t, route('old'));
    const shelf = new Shelf();
    const first = await start(t, api, shelf);
    await eventually(() => shelf.saves === 1, first);
    for (let at = 0; at < 1_100; at++) api.put(route(`r${at}`));
    await eventually(() => shelf.text?.includes('"r1099"') ?? false, first);
    assert.deepEqual(shelf.appended, []);
    Object.assign(shelf, { text: null });
    api.put(route('last'));
    await eventually(() => shelf.text?.includes('"last"') ?? false, first);
    assert.ok(shelf.text?.startsWith('{"daemun"') && shelf.text.includes('"old"'));
  });

  it('is written at once when the API server fails', async t => {
    const api = await apiWith(t, route('old'));
    const shelf = new Shelf();
    const first = await start(t, api, shelf);
    await eventually(() => shelf.saves === 1, first);
    api.put(route('new'));
    await until(
      () => first.served.length > 1,
      () => first.clock.skip(20),
    );
    const changedMs = first.clock.nowMs();
    assert.equal(shelf.saves, 1, 'a change alone waits');
    await api.down();
    await eventually(() => shelf.text?.includes('"new"') ?? false, first);
    assert.ok(first.clock.nowMs() - changedMs < 30_000, 'before its time');
  });

  it('brings back every kind of object as it was', () => {
    const golden = join(import.meta.dirname, '../../../test/golden');
    let compared = 0;
    for (const entry of readdirSync(golden, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const documents = parseAllDocuments(readFileSync(join(golden, entry.name, 'in.yaml'), 'utf8'));
      for (const document of documents) compared += compare(document.toJS() as Record<string, unknown> | null);
    }
    assert.ok(compared > 500, `${compared} objects`);
  });
});

/** 1 where our schema takes the object. */
function compare(object: Record<string, unknown> | null): number {
  const readKind = READ_KINDS.find(({ kind }) => kind === object?.['kind']);
  if (object === null || readKind === undefined || !(readKind.kind in RESOURCE_MAPS)) return 0;
  const [written] = taken(readKind, object);
  if (written === undefined) return 0;
  const [again] = taken(readKind, JSON.parse(JSON.stringify(written)) as Record<string, unknown>);
  assert.deepEqual(JSON.parse(JSON.stringify(again)), JSON.parse(JSON.stringify(written)));
  return 1;
}

function taken(readKind: (typeof READ_KINDS)[number], object: Record<string, unknown>): Resource[] {
  const cache = new KindCache({ readKind, onChange: () => undefined, onObserved: () => undefined });
  const list = cache.startList();
  list.add(object);
  list.commit();
  return [...cache.objects()] as unknown as Resource[];
}
