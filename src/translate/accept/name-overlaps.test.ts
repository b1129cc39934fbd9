// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { intersectHostnames } from '../../values/index.ts';
import { NameOverlaps } from './name-overlaps.ts';

const NAMES = ['*', '*.example.com', '*.a.example.com', 'a.example.com', 'b.a.example.com', 'example.com', 'b.test'];

describe('NameOverlaps', () => {
  it('finds the first that a comparison of each with each finds', () => {
    const lists = fc.array(fc.array(fc.constantFrom(...NAMES), { maxLength: 3 }), { maxLength: 6 });
    fc.assert(
      fc.property(lists, written => {
        const overlaps = new NameOverlaps(written);
        for (const [at, names] of written.entries()) {
          const first = written.findIndex(
            (others, other) =>
              other !== at && names.some(a => others.some(b => intersectHostnames(a, b) !== undefined)),
          );
          assert.equal(overlaps.firstOther(at) ?? -1, first);
        }
      }),
    );
  });
});
