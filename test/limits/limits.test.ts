// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FAMILIES } from '../../src/proxy/metrics/index.ts';
import { ROOT } from '../house/source-files.ts';
import { otherFamilies } from '../observability/observability-page.ts';
import { LIMIT_ROWS } from './limit-rows.ts';
import { LIMITS_PAGE, limitsPage, namedNumbers, numberOf, withoutFile } from './limits-page.ts';
import { OTHER_NUMBERS } from './other-numbers.ts';

/** How a cap or a timeout is called in the code. */
const LIMIT_NAME = /[#_](MAX|MOST|LIMIT|TIMEOUT)(_|$)|\.max[A-Z]/;
/** Demo backends serve no traffic of anybody; limits of Kubernetes' fields are the API server's. */
const LEFT_OUT = /^(demo|resources)\/|\.test-support#/;

const rows = Object.values(LIMIT_ROWS).flat();
const numbers = namedNumbers();

describe('the page of limits', () => {
  it('is what the code declares', () => {
    assert.equal(readFileSync(LIMITS_PAGE, 'utf8'), limitsPage(), 'run: node test/limits/limits-page.ts');
  });

  it('has every number whose name is that of a limit', () => {
    const known = new Set(rows.map(({ limit }) => numberOf(limit, numbers)?.id));
    const missing = [...numbers.keys()]
      .filter(id => LIMIT_NAME.test(id) && !LEFT_OUT.test(id))
      .filter(id => !known.has(id) && !OTHER_NUMBERS.has(withoutFile(id)));
    assert.deepEqual(missing, [], 'add a row to test/limits/limit-rows.ts, or a line to test/limits/other-numbers.ts');
    assert.ok(numbers.size > 250);
  });

  it('has no limit twice, and none that the code has no more', () => {
    assert.equal(new Set(rows.map(({ limit }) => numberOf(limit, numbers)?.id)).size, rows.length);
    const others = new Set([...numbers.keys()].map(withoutFile));
    const gone = [
      ...rows.map(({ limit }) => limit).filter(limit => numberOf(limit, numbers) === undefined),
      ...[...OTHER_NUMBERS].filter(id => !others.has(id)),
    ];
    assert.deepEqual(gone, []);
  });

  it('says of each limit why it is and what happens over it', () => {
    for (const { limit, why, over } of rows) {
      assert.ok((why ?? numberOf(limit, numbers)?.comment ?? '').length > 10, `${limit} has no reason`);
      assert.ok(over.length > 2, limit);
    }
  });

  it('names metrics and labels that are written, and each label that is', () => {
    const text = sources();
    const metrics = new Set([...Object.keys(FAMILIES), ...otherFamilies().map(({ name }) => name)]);
    const named = rows.flatMap(({ metric }) => (metric ?? '').split(/[,;] /).filter(name => name !== ''));
    for (const name of named) {
      if (name.startsWith('daemun_')) assert.ok(metrics.has(name.replace(/\{.*/, '')), name);
      else assert.ok(text.includes(`'${name}'`), name);
    }
    const counted = [...text.matchAll(/(?:\blimit: |#hit\()'(\w+)'/g)].map(([, label = '']) => label);
    assert.ok(counted.length > 10);
    const uncounted = counted.filter(label => !named.includes(label));
    assert.deepEqual([...new Set(uncounted)], ['accept_failed'], 'is of no number: the system says so');
  });
});

function sources(): string {
  return readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.includes('.test'))
    .map(name => readFileSync(join(ROOT, 'src', name), 'utf8'))
    .join('\n');
}
