// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { intersectHostnames } from '../../values/index.ts';
import { NameOverlaps } from './name-overlaps.ts';

const NAMES = [
  ...['*', '*.example.com', '*.a.example.com', 'a.example.com', 'b.a.example.com', 'example.com', 'b.test', '*.test'],
  // Certificates may say anything.
  ...['', '.', '.test', '*.', '*..test', '*est', 'b*.test', 'test.', '*.test.'],
];

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
      { numRuns: 2_000 },
    );
  });

  it('compares a list with few others, whatever they are', () => {
    let asked = 0;
    const counted = (at: number): string =>
      new Proxy(Object(`*.h${at}.example.com`), {
        get(target, field) {
          asked++;
          const value = Reflect.get(target, field);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    const costOf = (size: number): number => {
      asked = 0;
      const overlaps = new NameOverlaps(Array.from({ length: size }, (_, at) => [counted(at)]));
      for (let at = 0; at < size; at++) overlaps.firstOther(at);
      return asked;
    };
    assert.ok(costOf(400) <= 4 * costOf(100), 'four times as many are four times the work');
  });
});
