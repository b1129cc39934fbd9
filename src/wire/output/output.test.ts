// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFrames } from '../http2/connection.test-support.ts';
import { DATA } from '../http2/frame.ts';
import { writeFrame } from '../http2/write-frame.ts';
import { Output } from './output.ts';
import { SlabPool } from './slab-pool.ts';

function take(output: Output): Buffer[] {
  const chunks: Buffer[] = [];
  output.take({ write: chunk => void chunks.push(chunk) });
  return chunks;
}

describe('output', () => {
  it('hands small frames over as one buffer, and keeps what it handed over', () => {
    const output = new Output(new SlabPool());
    for (let id = 1; id < 100; id += 2) writeFrame(output, DATA, 0, id, Buffer.from(`body ${id}`), 0, 6);
    const [first, ...more] = take(output);
    assert.ok(first);
    assert.equal(more.length, 0);
    const copy = Buffer.from(first);
    writeFrame(output, DATA, 0, 1, Buffer.alloc(1000, 0xff), 0, 1000);
    assert.deepEqual(first, copy, 'later frames do not touch it');
    assert.equal(take(output).length, 1);
    assert.equal(take(output).length, 0);
  });

  it('copies large payloads, in order, into what is left of its slabs', () => {
    const output = new Output(new SlabPool());
    const large = Buffer.alloc(80_000, 'L');
    writeFrame(output, DATA, 0, 1, Buffer.from('a'), 0, 1);
    writeFrame(output, DATA, 0, 3, large, 0, large.length);
    writeFrame(output, DATA, 1, 5, Buffer.from('b'), 0, 1);
    assert.equal(output.queuedBytes, 3 * 9 + 2 + large.length);
    large.fill(0);
    const chunks = take(output);
    assert.equal(output.queuedBytes, 0);
    assert.equal(chunks.length, 2);
    assert.deepEqual(
      parseFrames(Buffer.concat(chunks)).map(f => [
        f.id,
        f.payload.length,
        f.payload.every(byte => byte === f.payload[0]),
        f.payload.at(-1),
      ]),
      [
        [1, 1, true, 0x61],
        [3, 80_000, true, 0x4c],
        [5, 1, true, 0x62],
      ],
    );
  });

  it('fills the slabs again that the sink is done with, and no others', () => {
    const slabs = new SlabPool();
    const [one, two] = [new Output(slabs), new Output(slabs)];
    writeFrame(one, DATA, 0, 1, Buffer.alloc(100, 1), 0, 100);
    const [kept] = take(one);
    assert.ok(kept);
    for (let round = 0; round < 1_000; round++) {
      const output = round % 2 === 0 ? one : two;
      writeFrame(output, DATA, 0, 1, Buffer.alloc(10_000, 2), 0, 10_000);
      const chunks: Buffer[] = [];
      output.take({ write: chunk => void chunks.push(chunk), end: () => true });
      assert.equal(chunks[0]?.buffer, kept.buffer, 'the same slab each time');
    }
    assert.deepEqual(
      parseFrames(kept).map(f => f.payload[0]),
      [1],
      'what came before is still there',
    );
  });

  it('fills the slabs again whose last bytes are written, however late, and none before', () => {
    const slabs = new SlabPool();
    const [one, two] = [new Output(slabs), new Output(slabs)];
    writeFrame(one, DATA, 0, 1, Buffer.alloc(30_000, 1), 0, 30_000);
    const [first] = take(one);
    writeFrame(two, DATA, 0, 2, Buffer.alloc(35_000, 2), 0, 35_000);
    const [second] = take(two);
    assert.ok(first && second);
    assert.equal(second.buffer, first.buffer, 'the rest of it is lent meanwhile');
    one.written();
    writeFrame(one, DATA, 0, 3, Buffer.alloc(60_000, 3), 0, 60_000);
    const [third] = take(one);
    assert.notEqual(third?.buffer, first.buffer, 'two has bytes in it');
    assert.ok(parseFrames(second).every(f => f.payload.every(byte => byte === 2)));
    two.written();
    writeFrame(two, DATA, 0, 4, Buffer.alloc(60_000, 4), 0, 60_000);
    const [fourth] = take(two);
    assert.equal(fourth?.buffer, first.buffer);
    assert.equal(fourth?.byteOffset, 0, 'from its beginning');
  });

  it('goes on in a slab in use whose earlier bytes were written meanwhile', () => {
    const slabs = new SlabPool();
    const [one, two] = [new Output(slabs), new Output(slabs)];
    writeFrame(one, DATA, 0, 1, Buffer.alloc(900, 1), 0, 900);
    const [first] = take(one);
    writeFrame(two, DATA, 0, 2, Buffer.alloc(900, 2), 0, 900);
    one.written();
    writeFrame(one, DATA, 0, 3, Buffer.alloc(900, 3), 0, 900);
    const [second, third] = [...take(two), ...take(one)];
    assert.equal(second?.buffer, first?.buffer);
    assert.deepEqual(
      [second, third].map(chunk =>
        parseFrames(chunk ?? Buffer.alloc(0)).map(f => [f.id, f.payload[0], f.payload.at(-1)]),
      ),
      [[[2, 2, 2]], [[3, 3, 3]]],
    );
  });

  it('lets two connections fill the same slab one after the other, never at once', () => {
    const slabs = new SlabPool();
    const [one, two] = [new Output(slabs), new Output(slabs)];
    for (let round = 0; round < 200; round++) {
      writeFrame(one, DATA, 0, 1, Buffer.alloc(900, 1), 0, 900);
      writeFrame(two, DATA, 0, 2, Buffer.alloc(900, 2), 0, 900);
      const [first] = take(one);
      writeFrame(one, DATA, 0, 3, Buffer.alloc(900, 3), 0, 900);
      const [second] = take(two);
      const [third] = take(one);
      for (const [chunk, id] of [
        [first, 1],
        [second, 2],
        [third, 3],
      ] as const) {
        assert.deepEqual(
          parseFrames(chunk ?? Buffer.alloc(0)).map(f => [f.id, f.payload[0], f.payload.at(-1)]),
          [[id, id, id]],
        );
      }
    }
  });

  it('makes a larger slab for a larger frame', () => {
    const output = new Output(new SlabPool());
    output.room(200_000);
    assert.ok(output.buffer.length - output.at >= 200_000);
  });
});
