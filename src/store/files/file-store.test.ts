// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../time/index.ts';
import type { StoreContents } from '../store.ts';
import { openFileStore } from './file-store.ts';
import { configMap, route, temporaryFolder } from './temporary-folder.test-support.ts';
import { WatchedFile } from './watched-file.ts';

async function load(test: TestContext, files: Readonly<Record<string, string>>, ...paths: readonly string[]) {
  const folder = temporaryFolder(test, files);
  const roots = paths.length === 0 ? [folder] : paths.map(path => join(folder, path));
  const store = openFileStore({ paths: roots, watch: false, clock: systemClock });
  await store.start();
  return { store, folder, ...store.current() };
}

const codesOf = ({ findings }: StoreContents) => findings.map(({ code }) => code);

describe('finding files', () => {
  it('reads folders with all that is in them, and passes over hidden and other files', async test => {
    const { resources } = await load(test, {
      'a.yaml': configMap('a'),
      'deep/er/b.yml': configMap('b'),
      'c.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}}',
      '.hidden.yaml': configMap('hidden'),
      '.git/d.yaml': configMap('git'),
      'e.yaml~': configMap('backup'),
      'f.txt': 'not: [yaml',
    });
    assert.deepEqual([...resources.configMaps.keys()], ['default/a', 'default/c', 'default/b']);
  });

  it('reads a mounted ConfigMap, whose files are links into a hidden folder, once', async test => {
    const folder = temporaryFolder(test, { '..2026_1/a.yaml': configMap('a') });
    symlinkSync('..2026_1', join(folder, '..data'));
    symlinkSync('..data/a.yaml', join(folder, 'a.yaml'));
    const store = openFileStore({ paths: [folder], watch: false, clock: systemClock });
    await store.start();
    assert.deepEqual([...store.current().resources.configMaps.keys()], ['default/a']);
    assert.deepEqual(store.current().findings, []);
  });

  it('says that a path does not exist, and reads the others', async test => {
    const loaded = await load(test, { 'a.yaml': configMap('a') }, 'none.yaml', 'a.yaml');
    assert.equal(loaded.resources.configMaps.size, 1);
    assert.deepEqual(codesOf(loaded), ['store/path-not-found']);
  });

  it('says of no file that is read once that an earlier state of it is in use', async test => {
    const loaded = await load(test, {
      'a.yaml': 'key: [',
      'b.yaml': '\0',
      'c.yaml': 'key:\n\t- a',
      'd.yaml': `${configMap('d')}---\n}`,
    });
    assert.deepEqual(codesOf(loaded), ['store/syntax', 'store/binary', 'store/tab', 'store/syntax']);
    for (const { message, help } of loaded.findings) assert.doesNotMatch(`${message} ${help}`, /last good state|stays/);
  });
});

describe('reading documents', () => {
  it('splits at marker lines only, and expands Lists', async test => {
    const list = 'kind: List\napiVersion: v1\nitems:\n';
    const item = (name: string) => `- ${configMap(name).trimEnd().replaceAll('\n', '\n  ')}\n`;
    const { resources, findings } = await load(test, {
      'a.yaml': `# comment\n---\n${configMap('a', '|\n    --- not a marker\n    ---')}--- # b\n${configMap('b')}---\n---\n`,
      'b.yaml': `${list}${item('c')}${item('d')}`,
    });
    assert.deepEqual(findings, []);
    assert.deepEqual([...resources.configMaps.keys()], ['default/a', 'default/b', 'default/c', 'default/d']);
    assert.equal(resources.configMaps.get('default/a')?.data['key'], '--- not a marker\n---\n');
  });

  it('reads JSON objects that follow one another, with the place of each, up to a marker', async test => {
    const json = (name: string, key = '"x"') => {
      return `{"apiVersion": "v1", "kind": "ConfigMap",\n "metadata": {"name": "${name}"}, "data": {"key": ${key}}}`;
    };
    const loaded = await load(test, {
      'a.json': `${json('a', '"}{\\""')}${json('b')}\nnull\n${json('c', '1')}\n---\n${configMap('d')}`,
    });
    assert.deepEqual([...loaded.resources.configMaps.keys()], ['default/a', 'default/b', 'default/d']);
    assert.deepEqual(
      loaded.findings.map(({ place }) => `${place?.line}:${place?.column}`),
      ['6:38'],
    );
    const broken = await load(test, { 'a.json': `${json('a')}\n${json('b')} {` });
    assert.deepEqual(codesOf(broken), ['store/syntax']);
  });

  it('reads UTF-16 with byte order mark, and a mark before each document', async test => {
    const folder = temporaryFolder(test, { 'c.yaml': `\uFEFF${configMap('c')}---\n\uFEFF${configMap('d')}` });
    writeFileSync(join(folder, 'a.yaml'), Buffer.from(`\uFEFF${configMap('a')}`, 'utf16le'));
    writeFileSync(join(folder, 'b.yaml'), Buffer.from(`\uFEFF${configMap('b')}`, 'utf16le').swap16());
    const store = openFileStore({ paths: [folder], watch: false, clock: systemClock });
    await store.start();
    assert.deepEqual(
      [...store.current().resources.configMaps.keys()],
      ['a', 'b', 'c', 'd'].map(name => `default/${name}`),
    );
    assert.deepEqual(store.current().findings, []);
  });

  it('reads scalars as kubectl does', async test => {
    const text = configMap('a', '0').replace('key: 0', 'octal: 0644\n  yes: on\n  time: 12:30\n  date: 2026-01-02');
    const { findings } = await load(test, { 'a.yaml': text });
    assert.deepEqual(
      findings.map(({ path }) => path.join('.')),
      ['data.octal', 'data.true'],
    );
  });

  it('says the place of a syntax error and uses the rest of the file when there is nothing older', async test => {
    const loaded = await load(test, {
      'a.yaml': `${configMap('a')}---\n${configMap('b')}  key: again\n---\n${configMap('c')}`,
    });
    assert.deepEqual([...loaded.resources.configMaps.keys()], ['default/a', 'default/c']);
    const [finding] = loaded.findings;
    assert.equal(finding?.code, 'schema/duplicate');
    assert.deepEqual(finding?.place, { file: join(loaded.folder, 'a.yaml'), line: 14, column: 3 });
    assert.match(finding?.message ?? '', /"key" is written twice/);
  });

  it('says the place of what the schema refuses', async test => {
    const text = `${configMap('a')}---\n${route('r').replace('weight: 1', 'weight: -1')}`;
    const loaded = await load(test, { 'a.yaml': text });
    const [finding] = loaded.findings;
    assert.match(finding?.code ?? '', /^schema\//);
    assert.deepEqual(finding?.resource?.name, 'r');
    assert.deepEqual(finding?.place, { file: join(loaded.folder, 'a.yaml'), line: 15, column: 33 });
  });

  it('says what is not an object and what is of an unknown kind', async test => {
    const loaded = await load(test, { 'a.yaml': 'a: 1\n---\napiVersion: x.io/v1\nkind: Foo\nmetadata: {name: a}\n' });
    assert.deepEqual(codesOf(loaded), ['schema/kind', 'store/unknown-kind']);
    assert.equal(loaded.findings[1]?.place?.line, 4);
  });
});

describe('objects', () => {
  it('lets the first of two objects of one name hold, and names both places', async test => {
    const loaded = await load(test, { 'a.yaml': configMap('a', 'one'), 'b.yaml': `---\n${configMap('a', 'two')}` });
    assert.equal(loaded.resources.configMaps.get('default/a')?.data['key'], 'one');
    const [finding] = loaded.findings;
    assert.equal(finding?.code, 'store/duplicate-object');
    assert.match(finding?.message ?? '', /is also written at a\.yaml:1:1, and differs/);
    assert.equal(finding?.place?.file, join(loaded.folder, 'b.yaml'));
    assert.equal(finding?.place?.line, 2);
  });

  it('does not mind the same object twice', async test => {
    assert.deepEqual(codesOf(await load(test, { 'a.yaml': configMap('a'), 'b.yaml': configMap('a') })), [
      'store/repeated-object',
    ]);
  });

  it('implies namespaces, with the label of their name', async test => {
    const text = `${configMap('a')}---\napiVersion: v1\nkind: Namespace\nmetadata: {name: written, labels: {team: x}}\n`;
    const { resources } = await load(test, { 'a.yaml': text });
    const labels = (name: string) => ({ ...resources.namespaces.get(name)?.metadata.labels });
    assert.deepEqual(labels('default'), { 'kubernetes.io/metadata.name': 'default' });
    assert.deepEqual(labels('written'), { team: 'x', 'kubernetes.io/metadata.name': 'written' });
  });

  it('merges stringData of a Secret into its data', async test => {
    const text = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: hello}\n';
    const { resources } = await load(test, { 'a.yaml': text });
    assert.deepEqual({ ...resources.secrets.get('default/s')?.data }, { a: 'aGVsbG8=' });
  });
});

describe('locate', () => {
  it('finds the deepest existing node, in Lists too', async test => {
    const { store, folder } = await load(test, { 'a.yaml': `${configMap('a')}---\n${route('r')}` });
    const ref = { apiVersion: '', kind: 'GRPCRoute', namespace: 'default', name: 'r' };
    const at = (...path: (string | number)[]) => {
      const place = store.locate(ref, path);
      return place === undefined ? undefined : `${place.line}:${place.column}`;
    };
    assert.equal(store.locate(ref, [])?.file, join(folder, 'a.yaml'));
    assert.equal(at(), '8:1');
    assert.equal(at('spec', 'rules', 0), '14:7');
    assert.equal(at('spec', 'rules', 0, 'backendRefs', 0, 'weight'), '15:33');
    assert.equal(at('spec', 'rules', 0, 'filters', 3, 'type'), '14:7');
    assert.equal(store.locate({ ...ref, name: 'none' }, []), undefined);
  });
});

describe('a rehearsal', () => {
  it('rehearses a change of one file, the fullest, however many there are', async test => {
    const files = Object.fromEntries([...'abcdefgh'].map(name => [`${name}.yaml`, configMap(name)]));
    const { store, folder } = await load(test, { ...files, 'e.yaml': `${configMap('e')}---\n${configMap('f2')}` });
    const rehearsed = test.mock.method(WatchedFile.prototype, 'rehearse');
    store.rehearse();
    assert.deepEqual(
      rehearsed.mock.calls.map(({ this: file }) => (file as WatchedFile | undefined)?.path),
      [join(folder, 'e.yaml')],
    );
  });

  it('leaves all as it was, and the next change is found', async test => {
    const { store, folder } = await load(test, {
      'a.yaml': `${route('a')}---\n${route('b')}`,
      'c.yaml': configMap('c'),
    });
    const before = store.current();
    let told = 0;
    store.onChange(() => told++);
    store.rehearse();
    assert.equal(store.current(), before);
    store.reread();
    assert.deepEqual([store.current() === before, told], [true, 0]);
    writeFileSync(join(folder, 'c.yaml'), `${configMap('c')}---\n${configMap('d')}`);
    // What was written this moment may still be written to.
    utimesSync(join(folder, 'c.yaml'), 1, 1);
    store.reread();
    const { resources } = store.current();
    assert.equal(resources.grpcRoutes, before.resources.grpcRoutes);
    assert.deepEqual([...resources.configMaps.keys()], ['default/c', 'default/d']);
  });
});
