// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RecentLines } from './recent-lines.ts';

describe('the last lines of the log', () => {
  it('are in their order, up to a number, each up to a length', () => {
    const lines = new RecentLines();
    for (let at = 0; at < 1_203; at++) lines.add(`${at}\n`);
    assert.equal(lines.all.length, 500);
    assert.deepEqual([lines.all[0], lines.all.at(-1)], ['703', '1202']);
    lines.add('x'.repeat(10_000));
    assert.equal(lines.all.at(-1)?.length, 2_048);
  });
});
