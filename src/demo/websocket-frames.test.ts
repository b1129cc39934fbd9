// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FrameReader } from './websocket-frames.ts';

const MASK = [1, 2, 3, 4] as const;

/** A frame as a client sends it: `payload` is all zeros, and so the mask repeated. */
function masked(length: number): Buffer {
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x82;
  head[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, Buffer.from(MASK), Buffer.alloc(length, Buffer.from(MASK))]);
}

/** The lengths of the frames that come of `bytes` in pieces of `size`. */
function read(bytes: Buffer, size: number): number[] {
  const reader = new FrameReader();
  const lengths: number[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    reader.add(bytes.subarray(at, at + size));
    for (let frame = reader.next(); frame !== null; frame = reader.next()) {
      if ('code' in frame) throw new Error(`refused with ${frame.code}`);
      assert.ok(frame.payload.every(byte => byte === 0));
      lengths.push(frame.payload.length);
    }
  }
  return lengths;
}

describe('frames of a WebSocket', () => {
  it('are read however they are cut', () => {
    const lengths = fc.array(fc.oneof(fc.nat(130), fc.constantFrom(65_535, 65_536)), { maxLength: 6 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 70_000 }), (sent, size) => {
        assert.deepEqual(read(Buffer.concat(sent.map(masked)), size), sent);
      }),
      { numRuns: 50 },
    );
  });

  it('cost by their length, not by its square', () => {
    const before = process.cpuUsage();
    assert.deepEqual(read(masked(8_000_000), 64), [8_000_000]);
    const { user, system } = process.cpuUsage(before);
    assert.ok(
      (user + system) / 1_000 < 5_000,
      `${(user + system) / 1_000} ms; joined with each piece it takes minutes`,
    );
  });
});
