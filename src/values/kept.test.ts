// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fitted, interned } from './kept.ts';

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/** Bytes that stay for each of many values that `make` makes. */
function bytesOf(make: (at: number) => unknown): number {
  const kept = new Array<unknown>(20_000);
  assert.ok(typeof collect === 'function');
  for (const at of kept.keys()) kept[at] = null;
  collect();
  const before = process.memoryUsage().heapUsed;
  for (const at of kept.keys()) kept[at] = make(at);
  collect();
  return (process.memoryUsage().heapUsed - before) / kept.length;
}

describe('what is kept', () => {
  it('is an equal list in less memory', () => {
    const pushed = (at: number): number[] => {
      const list: number[] = [];
      list.push(at);
      return list;
    };
    assert.deepEqual(fitted(pushed(7)), [7]);
    assert.deepEqual(fitted([]), []);
    const [loose, tight] = [bytesOf(pushed), bytesOf(at => fitted(pushed(at)))];
    assert.ok(tight < loose - 100, `${tight} bytes a list, not ${loose}`);
  });

  it('is an equal text, once', () => {
    for (const text of ['', 'a', '__proto__', 'constructor', '42', '4294967296', '-1', 'ä→', 'x'.repeat(100_000)]) {
      assert.equal(interned(text), text);
    }
    const put = (at: number): string => `GRPCRoute/default/route-${at % 100}`;
    const [apart, together] = [bytesOf(put), bytesOf(at => interned(put(at)))];
    assert.ok(together < apart / 2, `${together} bytes a text, not ${apart}`);
  });
});
