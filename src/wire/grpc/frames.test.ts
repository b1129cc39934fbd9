// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MessageCounter } from './frames.ts';

function message(length: number): Buffer {
  const bytes = Buffer.alloc(5 + length, 0xee);
  bytes[0] = length % 2;
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

describe('message counter', () => {
  it('counts messages, and knows the longest, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 20 }), fc.integer({ min: 1, max: 50 }), (lengths, size) => {
        const bytes = Buffer.concat(lengths.map(message));
        const counter = new MessageCounter();
        let longest = 0;
        for (let at = 0; at < bytes.length; at += size)
          longest = Math.max(longest, counter.feed(bytes, at, Math.min(at + size, bytes.length)));
        assert.deepEqual([counter.messages, counter.isWhole, longest], [lengths.length, true, Math.max(0, ...lengths)]);
      }),
    );
  });

  it('knows that a message is cut short, and takes lengths up to 2^32', () => {
    const counter = new MessageCounter();
    assert.equal(counter.feed(Buffer.from([1, 0xff, 0xff, 0xff, 0xff, 1]), 0, 6), 2 ** 32 - 1);
    assert.deepEqual([counter.messages, counter.isWhole], [1, false]);
    counter.feed(Buffer.alloc(1000), 0, 1000);
    assert.equal(counter.messages, 1);
  });
});
