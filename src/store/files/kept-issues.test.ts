// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../time/index.ts';
import { openFileStore } from './file-store.ts';
import { readVersion } from './file-version.ts';
import { MAX_FILE_ISSUES, MAX_KEPT_ISSUES } from './kept-issues.ts';
import { configMap, temporaryFolder } from './temporary-folder.test-support.ts';

const faulty = (name: string, faults = 1): string =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {${Array.from({ length: faults }, (_, at) => `k${at}: 1`)}}\n`;
const many = (count: number): string => Array.from({ length: count }, (_, at) => faulty(`c${at}`)).join('');

async function findingsOf(folder: string): Promise<string[]> {
  const store = openFileStore({ paths: [folder], watch: false, clock: systemClock });
  await store.start();
  return store.current().findings.map(({ code, severity, message }) => `${severity} ${code} ${message}`);
}

describe('findings about the objects of files', () => {
  it('are kept up to a number for each file; the rest is counted, and said to be errors', async test => {
    const folder = temporaryFolder(test, { 'a.yaml': many(MAX_FILE_ISSUES + 7), 'b.yaml': faulty('b') });
    const findings = await findingsOf(folder);
    assert.equal(findings.length, MAX_FILE_ISSUES + 2);
    assert.equal(
      findings[MAX_FILE_ISSUES],
      'error store/more 7 more findings about objects of this file, 7 of them errors, are not listed',
    );
    assert.match(findings.at(-1) ?? '', /^error schema\/type /, 'another file has its own');
  });

  it('are kept up to a number for all files', async test => {
    const files = Math.ceil(MAX_KEPT_ISSUES / MAX_FILE_ISSUES) + 1;
    const names = Array.from({ length: files }, (_, at) => [`f${at}.yaml`, many(MAX_FILE_ISSUES)] as const);
    const findings = await findingsOf(temporaryFolder(test, Object.fromEntries(names)));
    assert.equal(findings.length, MAX_KEPT_ISSUES + 1);
    assert.match(findings.at(-1) ?? '', /^error store\/more 5000 more findings .* 5000 of them errors/);
  });

  it('are a warning where no error is among the rest', async test => {
    const unknown = '---\napiVersion: example.org/v1\nkind: Thing\nmetadata: {name: t}\n'.repeat(MAX_FILE_ISSUES + 1);
    const findings = await findingsOf(temporaryFolder(test, { 'a.yaml': unknown }));
    assert.match(findings.at(-1) ?? '', /^warning store\/more 1 more finding/);
  });

  it('do not hold up the objects themselves: the sound ones are served, the refused ones are not', async test => {
    const folder = temporaryFolder(test, {
      'a.yaml': `${many(MAX_FILE_ISSUES)}${faulty('x')}---\n${configMap('good')}`,
    });
    const store = openFileStore({ paths: [folder], watch: false, clock: systemClock });
    await store.start();
    assert.deepEqual([...store.current().resources.configMaps.keys()], ['default/good']);
  });

  it('come back when there is room for them', () => {
    const read = (text: string, previous?: ReturnType<typeof readVersion>) =>
      readVersion('f', Buffer.from(text), { defaultNamespace: 'default', previous, maxIssues: 2 });
    const first = read(faulty('a', 2) + faulty('b', 3) + faulty('c'));
    assert.deepEqual([first.issueCount, first.leftOut], [2, { errors: 4, others: 0 }]);
    const mended = read(faulty('a', 1) + faulty('b', 3) + faulty('c'), first);
    assert.deepEqual([mended.issueCount, mended.leftOut], [2, { errors: 3, others: 0 }]);
    const sound = read(`---\n${configMap('a')}${faulty('c')}`, mended);
    assert.deepEqual([sound.issueCount, sound.leftOut], [1, { errors: 0, others: 0 }]);
  });
});

describe('a file of documents that are no YAML', () => {
  it('is read to its end once fewer of them are left, wherever one was mended', () => {
    const read = (text: string, previous?: ReturnType<typeof readVersion>) =>
      readVersion('f', Buffer.from(text), { defaultNamespace: 'default', previous });
    const bad = '---\na: b: c\n'.repeat(1000);
    const end = `---\n${configMap('end')}`;
    const cut = read(bad + end);
    assert.deepEqual(cut.documents.at(-1)?.content.objects, []);
    const mended = read(`---\n${configMap('mended')}${bad.slice(bad.indexOf('---', 1))}${end}`, cut);
    assert.equal(mended.documents.at(-1)?.content.objects[0]?.key, 'ConfigMap/default/end');
  });

  it('is described by the second parser up to so many bytes; then in the words of the first', () => {
    const bad = `---\n${'- y\n'.repeat(15_000)}a: b: c\n`;
    const { documents } = readVersion('f', Buffer.from(bad.repeat(20)), {
      defaultNamespace: 'default',
      previous: undefined,
    });
    const messages = documents.map(({ content }) => content.failure?.message);
    const [first, last] = [messages[0], messages.at(-1)];
    assert.notEqual(first, last);
    assert.equal(messages.filter(message => message === first).length, Math.floor((512 * 1024) / bad.length));
  });

  it('is read no further after so many of them, which costs little', async test => {
    const folder = temporaryFolder(test, { 'a.yaml': '---\na: b: c\n'.repeat(140_000) });
    const before = process.cpuUsage();
    const findings = await findingsOf(folder);
    const { user, system } = process.cpuUsage(before);
    assert.equal(findings.length, 1001);
    assert.match(
      findings.at(-1) ?? '',
      /^error store\/too-many-failures 1000 documents before this one cannot be read/,
    );
    assert.ok((user + system) / 1000 < 2500, `${(user + system) / 1000} ms; 9 s without a limit`);
  });
});

describe('a file of objects that are refused', () => {
  const read = (text: string) =>
    readVersion('f', Buffer.from(text), { defaultNamespace: 'default', previous: undefined }).documents;
  const last = (text: string) => read(text).at(-1)?.content.failure;

  it('is read to its end while they have no more faults than honest ones may, and no further', () => {
    const labels = `{${Array.from({ length: 48_000 }, (_, at) => `"!${at}": v`)}}`;
    const object = `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: ${labels}}\n`;
    // Each is read once: two million faults take seconds.
    const enough = read(object.repeat(41));
    assert.equal(enough.length, 41);
    assert.equal(enough.at(-1)?.content.failure, undefined);
    const more = read(object.repeat(60));
    assert.equal(more.length, 43, 'the rest is one document that says so');
    const failure = more.at(-1)?.content.failure;
    assert.equal(failure?.code, 'store/too-many-failures');
    assert.match(failure?.message ?? '', /more than 2000000 faults together; from here on/);
  });

  it('is read no further after so many items of lists that are too long, and after objects that are too large', () => {
    const route = (matches: number) =>
      `---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: a}\nspec: {rules: [{matches: [${'{},'.repeat(matches)}]}]}\n`;
    assert.equal(read(route(90_000).repeat(30)).length, 24);
    assert.equal(read(route(110_000).repeat(30)).length, 22);
    assert.equal(last(route(110_000).repeat(30))?.code, 'store/too-many-failures');
  });

  it('is read no further after more objects in Lists than it may have documents', () => {
    const list = `---\nkind: List\nitems: [${'1,'.repeat(80_000)}]\n`;
    assert.equal(last(list), undefined);
    assert.equal(read(list.repeat(9)).length, 3);
    assert.equal(last(list.repeat(9))?.code, 'store/too-many-documents');
  });
});
