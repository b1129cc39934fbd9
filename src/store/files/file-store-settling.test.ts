// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, unlinkSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { SkippingClock } from '../../time/skipping-clock.test-support.ts';
import { openFileStore } from './file-store.ts';
import { configMap, route, temporaryFolder, until, writeFiles } from './temporary-folder.test-support.ts';

const OPTIONS = { timeout: 60_000 };
const FOREVER_MS = 2_000_000_000;
/** Longer than any test: what settles, settles by skipping. */
const SETTLE_MS = 3_600_000;

async function follow(test: TestContext, files: Readonly<Record<string, string>>, ...paths: readonly string[]) {
  const folder = temporaryFolder(test, files);
  const clock = new SkippingClock();
  const roots = paths.length === 0 ? [folder] : paths.map(path => join(folder, path));
  const store = openFileStore({ paths: roots, pollMs: FOREVER_MS, settleMs: SETTLE_MS, clock });
  test.after(() => store.close());
  await store.start();
  const names = () => [...store.current().resources.configMaps.values()].map(({ metadata }) => metadata.name).sort();
  const value = (name: string) => store.current().resources.configMaps.get(`default/${name}`)?.data['key'];
  const settling = () => store.current().findings.filter(({ code }) => code === 'store/settling');
  const isSettling = () => until(store, () => settling().length > 0);
  return { folder, clock, store, names, value, settling, isSettling, at: (name: string) => join(folder, name) };
}

const list = (...names: readonly string[]) => names.map(name => configMap(name)).join('---\n');

describe('a file that is written in place', OPTIONS, () => {
  it('loses an object when that has lasted for the settling time, and says so until then', async test => {
    const { store, clock, names, settling, isSettling, at } = await follow(test, { 'a.yaml': list('a', 'b', 'c') });
    writeFileSync(at('a.yaml'), list('a'));
    await isSettling();
    assert.deepEqual(names(), ['a', 'b', 'c']);
    const [finding] = settling();
    assert.match(
      finding?.message ?? '',
      /lacks ConfigMap default\/b, ConfigMap default\/c; served as before until .* 1h$/,
    );
    assert.deepEqual(finding?.place, { file: at('a.yaml'), line: 1, column: 1 });
    clock.skip(SETTLE_MS - 60_000);
    assert.deepEqual(names(), ['a', 'b', 'c']);
    clock.skip(60_000);
    assert.deepEqual([names(), store.current().findings], [['a'], []]);
  });

  it('gains and changes objects at once', async test => {
    const { store, value, names, at } = await follow(test, { 'a.yaml': list('a', 'b') });
    writeFileSync(at('a.yaml'), `${configMap('c')}---\n${configMap('a', 'new')}`);
    await until(store, () => value('a') === 'new');
    assert.deepEqual(names(), ['a', 'b', 'c']);
  });

  it('keeps all when it is emptied, until it has settled', async test => {
    const { clock, names, settling, isSettling, at } = await follow(test, { 'a.yaml': list('a', 'b'), 'z.yaml': '' });
    truncateSync(at('a.yaml'));
    await isSettling();
    assert.deepEqual(names(), ['a', 'b']);
    assert.match(settling()[0]?.message ?? '', /^the file was emptied: ConfigMap default\/a, ConfigMap default\/b;/);
    clock.skip(SETTLE_MS);
    assert.deepEqual(names(), []);
  });

  it('begins to settle anew with each piece of a slow writer', async test => {
    const { store, clock, names, value, isSettling, settling, at } = await follow(test, {
      'a.yaml': list('a', 'b', 'c'),
    });
    writeFileSync(at('a.yaml'), '');
    await isSettling();
    clock.skip(SETTLE_MS / 2);
    writeFileSync(at('a.yaml'), configMap('a', 'new'));
    await until(store, () => value('a') === 'new');
    clock.skip(SETTLE_MS / 2);
    assert.deepEqual(names(), ['a', 'b', 'c']);
    writeFileSync(at('a.yaml'), `${configMap('a', 'new')}---\n${list('b', 'c')}`);
    await until(store, () => settling().length === 0);
    clock.skip(SETTLE_MS);
    assert.deepEqual(names(), ['a', 'b', 'c']);
  });

  it('keeps the last object as it was while that lacks what it had', async test => {
    const { store, clock, isSettling, settling, at } = await follow(test, {
      'a.yaml': `${configMap('a')}---\n${route('r', 5)}`,
    });
    const current = () => store.current().resources.grpcRoutes.get('default/r');
    const before = current();
    writeFileSync(at('a.yaml'), `${configMap('a')}---\n${route('r', 5).split('  rules:')[0]}`);
    await isSettling();
    assert.equal(current(), before);
    assert.match(settling()[0]?.message ?? '', /ends early: GRPCRoute default\/r lacks what it had/);
    clock.skip(SETTLE_MS);
    assert.notEqual(current(), before);
    assert.deepEqual(settling(), []);
  });

  it('lets an object hold at once that was moved to another file', async test => {
    const { store, value, settling, at } = await follow(test, { 'a.yaml': list('a', 'b'), 'b.yaml': list('c') });
    writeFileSync(at('a.yaml'), list('a'));
    writeFileSync(at('b.yaml'), `${configMap('c')}---\n${configMap('b', 'moved')}`);
    await until(store, () => value('b') === 'moved' && settling().length > 0);
    assert.deepEqual(
      store.current().findings.map(({ code }) => code),
      ['store/settling'],
    );
  });
});

describe('a file that is replaced', OPTIONS, () => {
  it('is complete: what it no longer holds is gone at once', async test => {
    const { store, names, at } = await follow(test, { 'a.yaml': list('a', 'b') });
    writeFileSync(at('.a.yaml.new'), list('a'));
    renameSync(at('.a.yaml.new'), at('a.yaml'));
    await until(store, () => names().length === 1);
    assert.deepEqual(store.current().findings, []);
  });

  it('is complete when a link is set to another file', async test => {
    const files = { '..1/a.yaml': list('a', 'b'), '..2/a.yaml': list('a') };
    const { folder, clock, at } = await follow(test, files);
    symlinkSync('..1', at('..data'));
    symlinkSync('..data/a.yaml', at('a.yaml'));
    const store = openFileStore({ paths: [folder], pollMs: FOREVER_MS, settleMs: SETTLE_MS, clock });
    test.after(() => store.close());
    await store.start();
    assert.equal(store.current().resources.configMaps.size, 2);
    symlinkSync('..2', at('..tmp'));
    renameSync(at('..tmp'), at('..data'));
    await until(store, () => store.current().resources.configMaps.size === 1);
  });

  it('may come back empty at first', async test => {
    const { store, value, isSettling, names, at } = await follow(test, { 'a.yaml': list('a', 'b') });
    renameSync(at('a.yaml'), at('a.yaml~'));
    writeFileSync(at('a.yaml'), '');
    await isSettling();
    assert.deepEqual(names(), ['a', 'b']);
    writeFileSync(at('a.yaml'), `${configMap('a', 'new')}---\n${configMap('b')}`);
    await until(store, () => value('a') === 'new');
    assert.deepEqual(store.current().findings, []);
  });
});

describe('files that are gone', OPTIONS, () => {
  it('take their objects with them soon when they were deleted', async test => {
    const { store, names, at } = await follow(test, { 'a.yaml': list('a'), 'b.yaml': list('b') });
    unlinkSync(at('a.yaml'));
    await until(store, () => names().length === 1);
    unlinkSync(at('b.yaml'));
    await until(store, () => names().length === 0);
    assert.deepEqual(store.current().findings, []);
  });

  it('are served on when their folder was moved away, and followed when it is back', async test => {
    const { store, names, value, settling, isSettling, at } = await follow(
      test,
      { 'in/a.yaml': list('a'), 'in/b.yaml': list('b') },
      'in',
    );
    renameSync(at('in'), at('away'));
    await isSettling();
    await until(store, () => /^2 files/.test(settling()[0]?.message ?? ''));
    assert.deepEqual(names(), ['a', 'b']);
    assert.match(settling()[0]?.message ?? '', /ConfigMap default\/a, ConfigMap default\/b;/);
    renameSync(at('away'), at('in'));
    await until(store, () => store.current().findings.length === 0);
    writeFileSync(at('in/a.yaml'), configMap('a', 'new'));
    await until(store, () => value('a') === 'new');
  });

  it('are served on when links above their folder go round in a circle, which is told, and followed after', async test => {
    const { folder, store, names, value, at } = await follow(test, { 'in/m/a.yaml': configMap('a') }, 'in/m');
    renameSync(at('in'), at('away'));
    symlinkSync('in', at('in'));
    store.reread();
    assert.deepEqual(names(), ['a']);
    const told = store.current().findings.map(({ message }) => message.replaceAll(folder, '').split(';')[0]);
    assert.ok(told.includes('/in/m cannot be read: its symbolic links go round in a circle'), told.join('\n'));
    rmSync(at('in'));
    renameSync(at('away'), at('in'));
    writeFiles(folder, { 'in/m/a.yaml': configMap('a', 'new') });
    store.reread();
    await until(store, () => value('a') === 'new');
  });

  it('are gone with their folder when that has lasted for the settling time', async test => {
    const { store, clock, names, settling, at } = await follow(test, { 'in/a.yaml': list('a'), 'b.yaml': list('b') });
    rmSync(at('in'), { recursive: true });
    await until(store, () => settling().length === 1);
    clock.skip(SETTLE_MS);
    assert.deepEqual([names(), store.current().findings], [['b'], []]);
  });

  it('are served on when all of a folder went at once, as when it is unmounted', async test => {
    const { store, clock, names, settling, at } = await follow(test, {
      'in/a.yaml': list('a'),
      'in/b.yaml': list('b'),
    });
    renameSync(at('in'), at('.away'));
    mkdirSync(at('in'));
    await until(store, () => /^2 files/.test(settling()[0]?.message ?? ''));
    assert.deepEqual(names(), ['a', 'b']);
    clock.skip(SETTLE_MS);
    assert.deepEqual(names(), []);
  });

  it('are served on when what their link leads to is gone, told of as long as the link stands, and followed', async test => {
    const { folder, at } = await follow(test, { 'in/b.yaml': list('b'), 'mnt/a.yaml': list('a') });
    symlinkSync('../mnt/a.yaml', at('in/a.yaml'));
    const clock = new SkippingClock();
    const paths = [join(folder, 'in')];
    const store = openFileStore({ paths, pollMs: FOREVER_MS, settleMs: SETTLE_MS, clock });
    test.after(() => store.close());
    await store.start();
    const size = () => store.current().resources.configMaps.size;
    const codes = () => store.current().findings.map(({ code }) => code);
    renameSync(at('mnt'), at('.away'));
    await until(store, () => codes().includes('store/settling'));
    assert.deepEqual([size(), codes()], [2, ['store/path-not-found', 'store/settling']]);
    clock.skip(SETTLE_MS);
    assert.deepEqual([size(), codes()], [1, ['store/path-not-found']]);
    renameSync(at('.away'), at('mnt'));
    store.reread();
    assert.deepEqual([size(), codes()], [2, []]);
    unlinkSync(at('in/a.yaml'));
    await until(store, () => size() === 1);
    assert.deepEqual(codes(), []);
  });

  it('let an equally named object hold that is written elsewhere', async test => {
    const { store, value, settling, at } = await follow(test, { 'in/a.yaml': configMap('a', 'old') });
    rmSync(at('in'), { recursive: true });
    await until(store, () => settling().length === 1);
    writeFileSync(at('z.yaml'), configMap('a', 'new'));
    await until(store, () => value('a') === 'new');
  });
});

describe('changes of several files', OPTIONS, () => {
  it('are one change', async test => {
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`f${at}.yaml`, configMap(`c${at}`)]));
    const { folder, store, value } = await follow(test, files);
    const seen = new Set<string>();
    store.onChange(() => {
      seen.add(String(Object.keys(files).filter((_, at) => value(`c${at}`) === 'new').length));
    });
    writeFiles(folder, Object.fromEntries(Object.keys(files).map((name, at) => [name, configMap(`c${at}`, 'new')])));
    await until(store, () => value('c29') === 'new' && value('c0') === 'new');
    assert.deepEqual([...seen], ['30']);
  });

  it('wait for the end of a checkout', async test => {
    const { folder, store, clock, value, at } = await follow(test, {
      '.git/HEAD': 'x',
      'a.yaml': configMap('a'),
      'b.yaml': configMap('b'),
    });
    const seen: string[] = [];
    store.onChange(() => seen.push(`${value('a')} ${value('b')}`));
    writeFileSync(at('.git/index.lock'), '');
    const watcher = watch(folder);
    writeFileSync(at('a.yaml'), configMap('a', 'new'));
    await once(watcher, 'change');
    watcher.close();
    await setImmediate();
    clock.skip(100);
    assert.deepEqual(seen, []);
    writeFileSync(at('b.yaml'), configMap('b', 'new'));
    unlinkSync(at('.git/index.lock'));
    await until(store, () => value('b') === 'new');
    assert.deepEqual(seen, ['new new']);
  });
});
