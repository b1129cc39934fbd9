// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { frame } from './connection.test-support.ts';
import { PREFACE } from './frame.ts';
import { type FrameHandler, FrameReader } from './frame-reader.ts';

/** Writes down frames; the pieces of a DATA frame are joined. */
class Log implements FrameHandler {
  broken = false;
  held = 0;
  readonly frames: string[] = [];
  #data = '';

  onFrame(type: number, flags: number, id: number, chunk: Buffer, start: number, end: number): void {
    this.frames.push(`${type} ${flags} ${id} ${chunk.toString('hex', start, end)}`);
  }
  onDataFrame(flags: number, id: number, length: number): void {
    this.#data = `0 ${flags} ${id} `;
    if (length === 0) this.frames.push(this.#data);
  }
  onDataPiece(chunk: Buffer, start: number, end: number, rest: number): void {
    this.#data += chunk.toString('hex', start, end);
    if (rest === 0) this.frames.push(this.#data);
  }
  holds(change: number): void {
    this.held += change;
  }
  fail(code: number): void {
    this.broken = true;
    this.frames.push(`fail ${code}`);
  }
}

const frames = fc.array(
  fc.record({
    type: fc.integer({ min: 0, max: 12 }),
    flags: fc.nat(255),
    id: fc.nat(0x7fffffff),
    payload: fc.uint8Array({ maxLength: 40 }),
  }),
  { maxLength: 12 },
);

describe('frame reader', () => {
  it('gives the same frames however the input is cut', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (sent, sizes) => {
        const bytes = Buffer.concat([PREFACE, ...sent.map(f => frame(f.type, f.flags, f.id, Buffer.from(f.payload)))]);
        const log = new Log();
        const reader = new FrameReader(log, true);
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          reader.read(bytes.subarray(at, at + size));
          at += size;
        }
        assert.equal(reader.isPartial, false);
        assert.deepEqual(
          log.frames,
          sent.map(f => `${f.type} ${f.flags} ${f.id} ${Buffer.from(f.payload).toString('hex')}`),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a wrong preface at its first wrong byte', () => {
    const log = new Log();
    const reader = new FrameReader(log, true);
    reader.read(Buffer.from('PRI'));
    assert.deepEqual(log.frames, []);
    reader.read(Buffer.from('X'));
    assert.deepEqual(log.frames, ['fail 1']);
  });

  it('refuses a frame that is too large as soon as its header is known', () => {
    for (const type of [0, 1]) {
      const log = new Log();
      const reader = new FrameReader(log, false);
      const header = Buffer.from([0, 0x40, 1, type, 0, 0, 0, 0, 1]);
      reader.read(header.subarray(0, 5));
      reader.read(header.subarray(5));
      assert.deepEqual(log.frames, ['fail 6']);
    }
  });

  it('reads nothing after the connection broke', () => {
    const log = new Log();
    const reader = new FrameReader(log, false);
    log.onFrame = () => log.fail(2);
    reader.read(Buffer.concat([frame(4, 0, 0), frame(4, 0, 0), frame(0, 0, 1, [1])]));
    assert.deepEqual(log.frames, ['fail 2']);
  });
});
