// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { changeQuery } from './query-change.ts';

describe('a change of the query', () => {
  const table: readonly (readonly [string, readonly (readonly [string, string])[], readonly string[], string])[] = [
    ['/p', [['a', '1']], [], '/p?a=1'],
    ['/p?', [], ['a'], '/p'],
    ['/p?b=%7e&a=1&c&a=2', [['a', 'x y&z']], [], '/p?b=%7e&a=x%20y%26z&c'],
    ['/p?a=1&b=2&%61=3&a', [], ['a'], '/p?b=2'],
    ['/p?x+y=1', [['x y', '']], [], '/p?x%20y='],
    ['/p?a=1', [['a', '2']], ['a'], '/p?a=2'],
    ['/p?%zz=1&q=é', [], ['%zz'], '/p?q=é'],
    ['*', [['a', '1']], [], '*'],
    ['', [['a', '1']], [], ''],
  ];
  for (const [target, sets, removes, changed] of table) {
    it(`makes ${JSON.stringify(changed)} of ${JSON.stringify(target)}`, () => {
      assert.equal(changeQuery(target, { sets, removes }), changed);
    });
  }

  it('takes the last of several sets of a key, in the place of the first pair', () => {
    const sets = [
      ['n', '1'],
      ['a', '1'],
      ['n', '2'],
      ['a', '2'],
    ] as const;
    assert.equal(changeQuery('/p?b=1&a=0&c=1', { sets, removes: [] }), '/p?b=1&a=2&c=1&n=2');
  });

  it('reads each pair once, however much another server wants changed', () => {
    const target = `/p?${'a&'.repeat(1_000)}`;
    const keys = Array.from({ length: 1_000 }, (_, at) => `k${at}`);
    const read = mock.method(globalThis, 'decodeURIComponent');
    changeQuery(target, { sets: keys.map(key => [key, '']), removes: keys });
    assert.ok(read.mock.callCount() <= 1_001, `${read.mock.callCount()} keys were read`);
    read.mock.restore();
  });
});
