// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import { systemClock } from '../../time/index.ts';
import { SkippingClock } from '../../time/skipping-clock.test-support.ts';
import { until as untilSo } from '../../time/until.test-support.ts';
import { openFileStore } from './file-store.ts';
import { configMap, route, temporaryFolder, until, writeFiles } from './temporary-folder.test-support.ts';

const OPTIONS = { timeout: 60_000 };
const FOREVER_MS = 2_000_000_000;
/** Longer than any test: what settles, settles by skipping. */
const SETTLE_MS = 3_600_000;

async function watchFolder(test: TestContext, files: Readonly<Record<string, string>>, path = '') {
  const folder = temporaryFolder(test, files);
  // Long polls: these tests are about the system's events.
  const clock = new SkippingClock();
  const store = openFileStore({ paths: [join(folder, path)], pollMs: FOREVER_MS, settleMs: SETTLE_MS, clock });
  test.after(() => store.close());
  await store.start();
  const value = (name: string) => store.current().resources.configMaps.get(`default/${name}`)?.data['key'];
  const codes = () => store.current().findings.map(({ code }) => code);
  return { folder, store, value, codes, clock };
}

/** When the store looks at what the system has told it, and when again at what looks half-written. */
const SAVE_MS = 2;
const RETRY_MS = 25;

/** As `watchFolder`, with time that stands still; `seen`: the value of `name` after each change. */
async function watchStanding(test: TestContext, files: Readonly<Record<string, string>>, name: string) {
  const folder = temporaryFolder(test, files);
  const clock = new VirtualClock();
  const store = openFileStore({ paths: [folder], pollMs: FOREVER_MS, settleMs: SETTLE_MS, clock });
  test.after(() => store.close());
  await store.start();
  const seen: (string | undefined)[] = [];
  store.onChange(() => seen.push(store.current().resources.configMaps.get(`default/${name}`)?.data['key']));
  const idle = clock.pending;
  /** Resolves when the system has told the store of a change. */
  const noticed = async (): Promise<void> => {
    await untilSo(() => clock.pending !== idle);
  };
  return { folder, seen, clock, noticed };
}

describe('watching', OPTIONS, () => {
  it('takes over a file written in place, and leaves all else as it was', async test => {
    const { folder, store, value } = await watchFolder(test, { 'a.yaml': `${configMap('a')}---\n${configMap('b')}` });
    const before = store.current().resources;
    writeFileSync(join(folder, 'a.yaml'), `${configMap('a', 'new')}---\n${configMap('b')}`);
    await until(store, () => value('a') === 'new');
    const after = store.current().resources;
    assert.equal(after.configMaps.get('default/b'), before.configMaps.get('default/b'));
    assert.equal(after.namespaces, before.namespaces);
    assert.notEqual(after.configMaps, before.configMaps);
  });

  it('takes over a file renamed over another', async test => {
    const { folder, store, value } = await watchFolder(test, { 'a.yaml': configMap('a') }, 'a.yaml');
    writeFileSync(join(folder, '.a.yaml.swp'), configMap('a', 'new'));
    renameSync(join(folder, '.a.yaml.swp'), join(folder, 'a.yaml'));
    await until(store, () => value('a') === 'new');
  });

  it('takes over new files, files in new folders, and removed ones', async test => {
    const { folder, store, value } = await watchFolder(test, { 'a.yaml': configMap('a') });
    writeFiles(folder, { 'b.yaml': configMap('b') });
    await until(store, () => value('b') === 'x');
    mkdirSync(join(folder, 'deep'));
    writeFiles(folder, { 'deep/c.yaml': configMap('c') });
    await until(store, () => value('c') === 'x');
    unlinkSync(join(folder, 'a.yaml'));
    await until(store, () => value('a') === undefined);
  });

  it('follows a folder that is removed and made again', async test => {
    const { folder, store, value, codes, clock } = await watchFolder(test, { 'in/a.yaml': configMap('a') }, 'in');
    rmSync(join(folder, 'in'), { recursive: true });
    await until(store, () => codes().includes('store/settling'));
    clock.skip(SETTLE_MS);
    await until(store, () => value('a') === undefined);
    writeFiles(folder, { 'in/a.yaml': configMap('a', 'back') });
    await until(store, () => value('a') === 'back');
    writeFiles(folder, { 'in/a.yaml': configMap('a', 'again') });
    await until(store, () => value('a') === 'again');
  });

  it('follows a mounted ConfigMap, which changes by one link', async test => {
    const folder = temporaryFolder(test, { '..1/a.yaml': configMap('a'), '..2/a.yaml': configMap('a', 'new') });
    symlinkSync('..1', join(folder, '..data'));
    symlinkSync('..data/a.yaml', join(folder, 'a.yaml'));
    const store = openFileStore({ paths: [folder], pollMs: 3_600_000, clock: systemClock });
    test.after(() => store.close());
    await store.start();
    symlinkSync('..2', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    await until(store, () => store.current().resources.configMaps.get('default/a')?.data['key'] === 'new');
  });

  it('sees changes that the system does not report, by looking', async test => {
    const folder = temporaryFolder(test, { 'real/a.yaml': configMap('a'), 'empty/.keep': '' });
    const clock = new VirtualClock();
    const store = openFileStore({ paths: [join(folder, 'not', 'yet', 'a.yaml')], pollMs: 20, clock });
    test.after(() => store.close());
    await store.start();
    assert.equal(store.current().findings[0]?.code, 'store/path-not-found');
    writeFiles(folder, { 'not/yet/a.yaml': configMap('a') });
    clock.advance(20);
    assert.equal(store.current().resources.configMaps.size, 1);
    assert.deepEqual(store.current().findings, []);
  });
});

describe('files that are broken for a while', OPTIONS, () => {
  it('keeps the last good state of a file that is no YAML any more, and says so', async test => {
    const { folder, store, value, codes, clock } = await watchFolder(test, {
      'a.yaml': `${configMap('a')}---\n${configMap('b')}`,
      'c.yaml': configMap('c'),
    });
    writeFiles(folder, { 'a.yaml': `${configMap('a', 'new')}---\nkey: [` });
    await until(store, () => codes().includes('store/syntax'));
    assert.deepEqual([value('a'), value('b'), value('c')], ['x', 'x', 'x']);
    assert.match(
      store.current().findings[0]?.message ?? '',
      /the last good state of the file \(2 objects\) stays in use/,
    );
    writeFiles(folder, { 'a.yaml': configMap('a', 'repaired') });
    await until(store, () => value('a') === 'repaired');
    assert.deepEqual([value('b'), codes()], ['x', ['store/settling']]);
    clock.skip(SETTLE_MS);
    assert.deepEqual([value('b'), codes()], [undefined, []]);
  });

  it('keeps the last good state of a file that cannot be taken for text, and says so', async test => {
    const { folder, store, value, codes } = await watchFolder(test, { 'a.yaml': configMap('a') });
    writeFiles(folder, { 'a.yaml': `${configMap('a', 'new')}\0` });
    await until(store, () => codes().includes('store/binary'));
    assert.equal(value('a'), 'x');
    assert.match(
      store.current().findings[0]?.message ?? '',
      /the last good state of the file \(1 object\) stays in use/,
    );
  });

  it('keeps an object whose new text is refused, and takes over the others', async test => {
    const { folder, store, value, codes } = await watchFolder(test, {
      'a.yaml': `${route('r', 5)}---\n${configMap('a')}`,
    });
    const before = store.current().resources.grpcRoutes.get('default/r');
    writeFiles(folder, { 'a.yaml': `${route('r', -5)}---\n${configMap('a', 'new')}` });
    await until(store, () => value('a') === 'new');
    assert.equal(store.current().resources.grpcRoutes.get('default/r'), before);
    assert.deepEqual(
      codes().map(code => code.split('/')[0]),
      ['schema', 'store'],
    );
    assert.equal(codes()[1], 'store/kept-object');
  });

  it('never shows the empty file of a writer that empties it first', async test => {
    const { folder, seen, clock, noticed } = await watchStanding(test, { 'a.yaml': configMap('a') }, 'a');
    truncateSync(join(folder, 'a.yaml'));
    await noticed();
    clock.advance(SAVE_MS);
    assert.deepEqual(seen, []);
    writeFiles(folder, { 'a.yaml': configMap('a', 'new') });
    clock.advance(RETRY_MS);
    assert.deepEqual(seen, ['new']);
  });

  it('does not take a file that is written in pieces for one with fewer objects', async test => {
    const files = { 'a.yaml': `${configMap('a')}---\n${configMap('b')}` };
    const { folder, seen, clock, noticed } = await watchStanding(test, files, 'b');
    writeFiles(folder, { 'a.yaml': configMap('a', 'new') });
    await noticed();
    clock.advance(SAVE_MS);
    assert.deepEqual(seen, []);
    appendFileSync(join(folder, 'a.yaml'), `---\n${configMap('b', 'new')}`);
    clock.advance(RETRY_MS);
    assert.deepEqual(seen, ['new']);
  });
});

describe('generation', OPTIONS, () => {
  it('grows with each change of spec, not with other changes', async test => {
    const { folder, store } = await watchFolder(test, { 'a.yaml': route('r', 1) });
    const current = () => store.current().resources.grpcRoutes.get('default/r');
    const first = current();
    assert.equal(first?.metadata.generation, 1);
    writeFiles(folder, { 'a.yaml': route('r', 2) });
    await until(store, () => current() !== first);
    assert.equal(current()?.metadata.generation, 2);
    const second = current();
    writeFiles(folder, { 'a.yaml': `# comment\n${route('r', 2)}`, 'b.yaml': configMap('b') });
    await until(store, () => store.current().resources.configMaps.size === 1);
    assert.equal(current(), second);
    writeFiles(folder, { 'a.yaml': route('r', 2).replace('{name: r}', '{name: r, labels: {a: b}}') });
    await until(store, () => current() !== second);
    assert.equal(current()?.metadata.generation, 2);
  });
});
