// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DaemunError, messageOf } from './daemun-error.ts';

describe('DaemunError', () => {
  it("has its code's help unless a better one is given", () => {
    assert.equal(new DaemunError('store/refused', 'x').help, 'correct the fields that the message names');
    assert.equal(new DaemunError('store/refused', 'x', { help: 'write y' }).help, 'write y');
  });

  it('keeps what it already is, and the cause of what it is made from', () => {
    const own = new DaemunError('store/refused', 'x');
    assert.equal(DaemunError.from(own), own);
    const foreign = new Error('first line\nsecond');
    const made = DaemunError.from(foreign);
    assert.deepEqual([made.code, made.message, made.cause], ['internal/unexpected', 'first line', foreign]);
  });

  it('finds words for whatever was thrown', () => {
    assert.deepEqual(
      [messageOf('text'), messageOf(undefined), messageOf(new RangeError())],
      ['text', 'undefined', 'RangeError'],
    );
  });
});
