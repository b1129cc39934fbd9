// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { measurePattern, unrolledSize } from './pattern-size.ts';

function whyNot(pattern: string): string {
  const measured = measurePattern(pattern);
  return 'why' in measured ? measured.why : '';
}

function isTooLarge(pattern: string): boolean | undefined {
  const measured = measurePattern(pattern);
  return 'why' in measured ? measured.isTooLarge : undefined;
}

describe('the size of a pattern', () => {
  for (const [pattern, size] of [
    ['abc', 3],
    ['a{30}', 30],
    ['a{2,5}b', 6],
    ['a{3,}', 3],
    ['(ab){10}', 20],
    ['(a{0,30}){0,30}', 900],
    ['(a{0,30}){0,30}'.repeat(3), 2_700],
    ['[a-z{}]{10}', 10],
    ['[]a]{4}[^]b]{5}', 9],
    ['\\{3}', 3],
    ['\\pL{4}\\p{Greek}{3}\\x{1F600}{2}', 9],
    ['\\Qa{9}\\E', 1],
    ['a{,5}', 5],
    ['', 0],
    ['))((', 0],
  ] as const)
    it(`of ${pattern.slice(0, 30)} is ${size}`, () => assert.equal(unrolledSize(pattern), size));

  it('is no matter of patterns as they are written', () => {
    const words = Array.from({ length: 800 }, (_, at) => `word${at}`)
      .join('|')
      .slice(0, 4_000);
    for (const pattern of [
      '[a-zA-Z0-9_-]{1,1000}',
      words,
      'a'.repeat(1_024),
      '.*\\.example\\.com',
      '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}',
    ])
      assert.ok('size' in measurePattern(pattern), pattern);
  });

  it('is too large where each text would cost seconds, which is found out at once', () => {
    for (const pattern of ['(a{0,30}){0,30}'.repeat(2), '(a{0,30}){0,30}'.repeat(250), 'x{1000}'.repeat(500)])
      assert.match(whyNot(pattern), /steps for each character, and 2048 are the most$/);
    assert.equal(isTooLarge('(a{0,30}){0,30}'.repeat(2)), true);
    assert.equal(isTooLarge('('), false);
  });
});
