// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderListPool } from './header-list-pool.ts';

describe('header list pool', () => {
  it('gives one object per content', () => {
    const pool = new HeaderListPool();
    const list = pool.intern([':status', 'a'], ['200', 'b']);
    assert.equal(pool.intern([':status', 'a'], ['200', 'b']), list);
    assert.notEqual(pool.intern([':status', 'a'], ['200', 'c']), list);
    assert.notEqual(pool.intern(['a', ':status'], ['b', '200']), list);
    assert.notEqual(pool.intern([':status'], ['200']), list);
    assert.deepEqual(pool.intern([], []).names, []);
  });

  it('forgets all when it is full, and goes on; lists in use live on', () => {
    for (const options of [{ maxBytes: 40_000 }, { maxBytes: 4_000 }]) {
      const pool = new HeaderListPool(options);
      const list = pool.intern([':path'], ['/kept']);
      const memo = {};
      list.memo = memo;
      for (let i = 0; i < 500; i++) pool.intern([':path', 'x'], [`/orders/${i}`, `${i}`]);
      const again = pool.intern([':path'], ['/kept']);
      assert.notEqual(again, list);
      assert.deepEqual([list.memo, again.memo, again.values], [memo, null, ['/kept']]);
    }
  });
});
