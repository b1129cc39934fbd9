// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sameContent } from './equal.ts';

describe('sameContent', () => {
  it('agrees with JSON of sorted keys on plain data', () => {
    const sorted = (value: unknown): string =>
      JSON.stringify(value, (_key, part: unknown) =>
        typeof part === 'object' && part !== null && !Array.isArray(part)
          ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
          : part,
      );
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (a, b) => {
        assert.equal(sameContent(a, b), sorted(a) === sorted(b));
        assert.equal(sameContent(a, structuredClone(a)), true);
      }),
    );
  });

  it('tells a missing field from an undefined one, and a list from an object', () => {
    assert.equal(sameContent({ a: undefined }, { b: undefined }), false);
    assert.equal(sameContent([], {}), false);
    assert.equal(sameContent({}, null), false);
  });

  it('is told by one value, wherever it lies, and not by the order of fields', () => {
    for (const [a, b] of [
      [{ a: 1 }, { a: 2 }],
      [[1], [2]],
      [[1], [1, 2]],
      [{ a: 1 }, { a: 1, b: 2 }],
      [{ a: [{ b: null }] }, { a: [{ b: 0 }] }],
      [{}, 'x'],
      ['1', 1],
      [null, 0],
    ]) {
      const text = `${JSON.stringify(a)} and ${JSON.stringify(b)}`;
      assert.deepEqual([sameContent(a, b), sameContent(b, a)], [false, false], text);
    }
    assert.equal(sameContent({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 }), true);
  });
});
