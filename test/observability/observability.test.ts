// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FAMILIES, LABELS } from '../../src/proxy/metrics/index.ts';
import { OBSERVABILITY_PAGE, observabilityPage } from './observability-page.ts';

const SRC = join(import.meta.dirname, '../../src');
const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') && !name.includes('.test') && !name.endsWith('metrics/families.ts'))
  .map(name => readFileSync(join(SRC, name), 'utf8'))
  .join('\n');
const page = readFileSync(OBSERVABILITY_PAGE, 'utf8');

describe('the page of metrics and logs', () => {
  it('is what the code declares', { skip: process.platform !== 'linux' && 'some process metrics are of Linux' }, () => {
    assert.equal(page, observabilityPage(), 'run: node test/observability/observability-page.ts');
  });

  it('names no line of the log that the program does not write', () => {
    const [, log = ''] = page.split('## Log\n');
    const rows = log.split('\n').filter(line => line.startsWith('| `'));
    const lines = rows.flatMap(row =>
      [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, line = '']) => line),
    );
    assert.ok(lines.length > 8);
    for (const line of lines) assert.ok(sources.includes(line.replace(' became …', '')), line);
  });

  it('has no metric and no label that nothing writes', () => {
    assert.deepEqual(
      Object.keys(FAMILIES).filter(name => !sources.includes(`'${name}'`)),
      [],
    );
    const used = new Set<string>(Object.values(FAMILIES).flatMap(({ labels }) => [...labels]));
    assert.deepEqual(
      Object.keys(LABELS).filter(label => !used.has(label)),
      [],
    );
  });

  it('is linked from the README', () => {
    assert.ok(readFileSync(join(SRC, '../README.md'), 'utf8').includes('(docs/observability.md)'));
  });
});
