// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderListPool } from '../../wire/index.ts';
import { TestRequest } from './backend.test-support.ts';
import { WaitingLine, WaitingRequest } from './waiting-line.ts';

const lists = new HeaderListPool();

function lineOf(count: number): { line: WaitingLine; all: WaitingRequest[] } {
  const line = new WaitingLine();
  const all = Array.from({ length: count }, () => new WaitingRequest(new TestRequest(lists)));
  for (const waiting of all) line.push(waiting);
  return { line, all };
}

describe('a line of waiting requests', () => {
  it('keeps their order whoever leaves', () => {
    const { line, all } = lineOf(6);
    for (const at of [0, 3, 5]) line.remove(all[at] as WaitingRequest);
    assert.equal(line.first, all[1]);
    line.push(all[0] as WaitingRequest);
    assert.equal(line.length, 4);
    assert.deepEqual(
      line.clear().map(waiting => all.indexOf(waiting)),
      [1, 2, 4, 0],
    );
    assert.deepEqual([line.length, line.first, all[1]?.line], [0, null, null]);
  });

  it('costs no more per request at 100,000 than at 1,000', () => {
    const emptied = (count: number): number => {
      const { line, all } = lineOf(count);
      const startUs = process.cpuUsage().user;
      for (let at = all.length - 1; at >= 0; at -= 2) line.remove(all[at] as WaitingRequest);
      while (line.first !== null) line.remove(line.first);
      return (process.cpuUsage().user - startUs) / count;
    };
    emptied(1_000);
    // A line in an array takes some 10,000 times as long.
    assert.ok(emptied(100_000) < 50, 'microseconds each');
  });
});
