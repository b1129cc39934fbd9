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
