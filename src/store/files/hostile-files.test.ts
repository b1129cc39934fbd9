// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../time/index.ts';
import { openFileStore } from './file-store.ts';
import { configMap, temporaryFolder, writeFiles } from './temporary-folder.test-support.ts';

/** Of CPU, each; measured 10 to 400 ms on one slow core. Without limits they took 1 s to 2 min. */
const MAX_MS = 2500;
const HEAD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n';
const BILLION = Array.from({ length: 9 }, (_, at) => `x${at + 1}: &x${at + 1} [${Array(9).fill(`*x${at}`).join()}]`);

/** Name → text, and the code of the finding that refuses it. */
const FILES: Readonly<Record<string, readonly [string, string]>> = {
  zeros: ['\0'.repeat(60 << 20), 'store/binary'],
  'one line': [`a: ${'x'.repeat(65 << 20)}`, 'store/file-too-large'],
  'one large value': [`${HEAD}  a: ${'x'.repeat(20 << 20)}`, 'store/over-limit'],
  brackets: ['['.repeat(200_000), 'store/over-limit'],
  'closed brackets': [`${'['.repeat(200_000)}${']'.repeat(200_000)}`, 'store/over-limit'],
  braces: ['{a: '.repeat(200_000), 'store/over-limit'],
  'JSON braces': ['{"a":'.repeat(200_000), 'store/over-limit'],
  'nested lists': ['- '.repeat(200_000), 'store/over-limit'],
  'nested keys': ['? '.repeat(200_000), 'store/over-limit'],
  'many brackets': [`x: [${'[[[[[[[[[[]]]]]]]]]],'.repeat(390_000)}]`, 'store/over-limit'],
  'many pairs': [`x: [${'a: ,'.repeat(2_000_000)}]`, 'store/over-limit'],
  'many items': [`x:\n${'- - - - - - -\n'.repeat(580_000)}`, 'store/over-limit'],
  'nested blocks': [Array.from({ length: 1500 }, (_, at) => `${' '.repeat(at)}a:\n`).join(''), 'store/over-limit'],
  tags: ['! '.repeat(200_000), 'store/syntax'],
  anchors: ['&a '.repeat(200_000), 'store/syntax'],
  aliases: [`x0: &x0 [1]\n${BILLION.join('\n')}`, 'store/over-limit'],
  documents: ['---\n'.repeat(1_000_000), 'store/too-many-documents'],
  'JSON documents': ['{}'.repeat(1_000_000), 'store/too-many-documents'],
  'short aliases': [
    `x: &x [${'1,'.repeat(150)}]\nkind: A\napiVersion: a/v1\ny: [${'*x,'.repeat(990)}]`,
    'store/over-limit',
  ],
  items: [`apiVersion: v1\nkind: List\nitems: [${'1,'.repeat(200_000)}]`, 'store/over-limit'],
  repetitions: [`${HEAD}${'  k: x\n'.repeat(200_000)}`, 'store/syntax'],
  directive: [`%TAG ${' '.repeat(1 << 20)}x\n`, 'store/syntax'],
  'control characters': [`${HEAD}  a: "\u0007"\n`, 'store/syntax'],
};

describe('a hostile file', () => {
  for (const [name, [text, code]] of Object.entries(FILES)) {
    it(`is refused soon, and disturbs no other: ${name}`, async test => {
      const folder = temporaryFolder(test, { 'good.yaml': configMap('good'), 'hostile.yaml': '' });
      writeFiles(folder, { 'hostile.yaml': text });
      const store = openFileStore({ paths: [folder], watch: false, clock: systemClock });
      const before = process.cpuUsage();
      await store.start();
      const { findings, resources } = store.current();
      const places = findings.map(({ place }) => place?.file.slice(folder.length + 1));
      const { user, system } = process.cpuUsage(before);
      assert.deepEqual([findings.map(finding => finding.code), places], [[code], ['hostile.yaml']]);
      assert.deepEqual([...resources.configMaps.keys()], ['default/good']);
      assert.ok((user + system) / 1000 < MAX_MS, `${(user + system) / 1000} ms`);
    });
  }
});
