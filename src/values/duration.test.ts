// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  for (const [text, milliseconds] of [
    ['0s', 0],
    ['10ms', 10],
    ['1h30m5s10ms', 5_405_010],
    ['5s1h', 3_605_000],
    ['1h1h', 7_200_000],
    ['99999h', 359_996_400_000],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(parseDuration(text), milliseconds));
  }

  for (const text of ['', '1', 's', '1.5h', '-1s', '+1s', '1d', '1us', '100000s', '1h1h1h1h1h', '1 s', '1s\n', '1H']) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseDuration(text), undefined));
  }

  it('reads back what formatDuration writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999 * 3_600_000 }), milliseconds => {
        assert.equal(parseDuration(formatDuration(milliseconds)), milliseconds);
      }),
    );
  });
});
