// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { SCHEMA_CODES } from './schema-codes.ts';

const files = globSync('*.ts', { cwd: import.meta.dirname }).filter(name => !name.startsWith('schema-codes'));
const textOf = (names: readonly string[]) =>
  names.map(name => readFileSync(`${import.meta.dirname}/${name}`, 'utf8')).join('\n');
const sources = textOf(files.filter(name => !name.includes('.test')));
const tests = textOf(files.filter(name => name.endsWith('.test.ts')));

describe('every code of a schema issue', () => {
  for (const code of Object.keys(SCHEMA_CODES)) {
    it(`${code} is given and tested`, () => {
      assert.ok(sources.includes(`'${code}'`), 'no rule gives it');
      assert.ok(tests.includes(`'${code}'`), 'no test expects it');
    });
  }
});
