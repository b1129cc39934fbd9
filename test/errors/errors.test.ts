// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CATALOGUE, type CatalogueEntry, PROGRAM_ERRORS, REQUEST_FAILURES } from '../../src/errors/index.ts';
import { SCHEMA_CODES } from '../../src/resources/index.ts';
import { ERRORS_PAGE, errorsPage } from './errors-page.ts';

const SRC = join(import.meta.dirname, '../../src');
/** Where codes are declared, not used: all of errors/ but what cuts lists of findings. */
const DECLARATIONS = /^errors\/(?!gravest-findings\.ts$)|^resources\/schema-codes\.ts$/;

const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') && !name.includes('.test') && !DECLARATIONS.test(name))
  .map(name => ({ name, text: readFileSync(join(SRC, name), 'utf8') }));
const declared: Readonly<Record<string, unknown>> = { ...CATALOGUE, ...SCHEMA_CODES, ...PROGRAM_ERRORS };

describe('the catalogue', () => {
  it('has every code once', () => {
    const count = Object.keys(CATALOGUE).length + Object.keys(SCHEMA_CODES).length + Object.keys(PROGRAM_ERRORS).length;
    assert.equal(Object.keys(declared).length, count);
  });

  it('has every code that the program uses', () => {
    const areas = new Set(Object.keys(declared).map(code => code.split('/')[0]));
    const isCode = (text: string) => areas.has(text.split('/')[0]) && !text.endsWith('.ts');
    const used = sources
      .flatMap(({ text }) => [...text.matchAll(/'([a-z-]+\/[a-z-]+)'/g)].map(([, code = '']) => code))
      .filter(isCode);
    assert.deepEqual(
      [...new Set(used)].filter(code => !(code in declared)),
      [],
    );
  });

  it('has no code that the program does not use', () => {
    const text = sources.map(source => source.text).join('\n');
    const unused = Object.keys(declared).filter(code => code !== 'internal/unexpected' && !text.includes(`'${code}'`));
    assert.deepEqual(unused, []);
  });

  it('has every reason for which the proxy fails a request, and no other', () => {
    const files =
      /^proxy\/http\/(answers|exchange)\.ts$|^proxy\/filters\/(?:external-auth\/auth-answers|cors-answers|message-limit)\.ts$|^proxy\/upstream\/upstream-request\.ts$|^proxy\/faces\/[a-z]+\/target\.ts$|^match\/refusal-text\.ts$|^translate\/resolve\/faults\.ts$/;
    const text = sources
      .filter(({ name }) => files.test(name))
      .map(source => source.text)
      .join('\n');
    const unused = Object.keys(REQUEST_FAILURES).filter(reason => !text.includes(`'${reason}'`));
    assert.deepEqual(unused, []);
    const used = [...text.matchAll(/'([a-z]+_[a-z_]+)'/g)].map(([, reason = '']) => reason);
    assert.deepEqual(
      used.filter(reason => !(reason in REQUEST_FAILURES)),
      [],
    );
  });

  it('has the severity with which the program reports a code', () => {
    const uses = sources.flatMap(({ text }) => [...text.matchAll(/code: '([^']+)',\s*severity: '([a-z]+)'/g)]);
    const catalogue: Readonly<Record<string, CatalogueEntry>> = CATALOGUE;
    assert.ok(uses.length > 0);
    for (const [, code = '', severity] of uses) assert.equal(catalogue[code]?.severity ?? severity, severity, code);
  });

  it('has its lints reported by the stage of lints, and by no other', () => {
    const elsewhere = sources.filter(({ name, text }) => !name.startsWith('translate/lint/') && /'lint\//.test(text));
    assert.deepEqual(
      elsewhere.map(({ name }) => name),
      [],
    );
  });

  it('says of each code, in one line, what is the case and what to do', () => {
    const entries: readonly (readonly [string, CatalogueEntry])[] = Object.entries(CATALOGUE);
    for (const [code, { summary, help }] of entries) {
      assert.match(code, /^[a-z]+(-[a-z]+)*\/[a-z]+(-[a-z]+)*$/);
      for (const text of [summary, help]) assert.match(text, /^[^\n|]{5,160}[^.\s]$/, code);
    }
  });

  it('has a true page in the docs', () => {
    assert.equal(readFileSync(ERRORS_PAGE, 'utf8'), errorsPage(), 'run: node test/errors/errors-page.ts');
  });
});
