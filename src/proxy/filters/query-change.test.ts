// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
});
