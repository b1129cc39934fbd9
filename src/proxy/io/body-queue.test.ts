// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { growthFactor, LINEAR_FACTOR } from '../../wire/scale.test-support.ts';
import { BodyQueue } from './body-queue.ts';
import { CopyPages } from './copy-pages.ts';

/** All bytes of a queue, which is empty afterwards; `step` at a time. */
function drain(queue: BodyQueue, step = Number.POSITIVE_INFINITY): Buffer {
  const pieces: Buffer[] = [];
  while (!queue.isEmpty) {
    const { chunk, start, end } = queue;
    const taken = Math.min(end - start, step);
    pieces.push(Buffer.from(chunk.subarray(start, start + taken)));
    queue.take(taken);
  }
  return Buffer.concat(pieces);
}

function filled(bytes: number, seed: number): Buffer {
  const buffer = Buffer.allocUnsafeSlow(bytes);
  for (let at = 0; at < bytes; at++) buffer[at] = (at * 31 + seed) & 0xff;
  return buffer;
}

describe('body queue', () => {
  it('gives back what was pushed, in order, however it is cut and whenever it is taken', () => {
    const slices = fc.array(
      fc.record({ read: fc.integer({ min: 1, max: 9_000 }), from: fc.nat(9_000), to: fc.nat(9_000), take: fc.nat(3) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(slices, list => {
        const queue = new BodyQueue(new CopyPages());
        const expected: Buffer[] = [];
        const got: Buffer[] = [];
        for (const [index, { read, from, to, take }] of list.entries()) {
          const chunk = filled(read, index);
          const [start, end] = [Math.min(from, to, read), Math.min(Math.max(from, to), read)];
          queue.push(chunk, start, end);
          expected.push(chunk.subarray(start, end));
          if (take === 0 || queue.isEmpty) continue;
          const bytes = Math.ceil((queue.end - queue.start) / take);
          got.push(Buffer.from(queue.chunk.subarray(queue.start, queue.start + bytes)));
          queue.take(bytes);
        }
        got.push(drain(queue));
        assert.deepEqual(Buffer.concat(got), Buffer.concat(expected));
        assert.deepEqual([queue.bytes, queue.cost], [0, 0]);
      }),
    );
  });

  it('copies small slices side by side', () => {
    const queue = new BodyQueue(new CopyPages());
    for (let i = 0; i < 1_000; i++) queue.push(filled(65_536, i), 7, 8);
    assert.equal(queue.bytes, 1_000);
    assert.ok(queue.cost < 4_096, `1,000 bytes cost ${queue.cost}`);
  });

  it('keeps nothing of what it was given: the memory of a read is the next read', () => {
    const read = filled(65_536, 1);
    const queue = new BodyQueue(new CopyPages());
    queue.push(read, 9, 16_393);
    const expected = Buffer.from(read.subarray(9, 16_393));
    read.fill(0);
    assert.ok(queue.cost >= 16_384 && queue.cost < 20_000, `charged ${queue.cost}`);
    assert.ok(drain(queue).equals(expected));
  });

  it('costs little more than its bytes when they come one by one', () => {
    const queue = new BodyQueue(new CopyPages());
    const read = filled(65_536, 1);
    for (let i = 0; i < 250_000; i++) queue.push(read, i & 0xffff, (i & 0xffff) + 1);
    assert.equal(queue.bytes, 250_000);
    assert.ok(queue.cost < 300_000, `250,000 bytes cost ${queue.cost}`);
  });

  it('uses the pages again of what was taken or dropped', () => {
    const pages = new CopyPages();
    const [taken, dropped, next] = [new BodyQueue(pages), new BodyQueue(pages), new BodyQueue(pages)];
    const read = filled(65_536, 1);
    taken.push(read, 0, 16_384);
    const first = taken.chunk;
    taken.take(16_384);
    dropped.push(read, 0, 16_384);
    assert.equal(dropped.chunk, first);
    dropped.clear();
    assert.deepEqual([dropped.isEmpty, dropped.bytes, dropped.cost], [true, 0, 0]);
    next.push(read, 0, 16_384);
    assert.equal(next.chunk, first);
  });

  it('cuts a whole read into pages, and allocates nothing when the next one waits', () => {
    const pages = new CopyPages();
    const queue = new BodyQueue(pages);
    const memory = new Set<ArrayBufferLike>();
    for (let round = 0; round < 100; round++) {
      const read = filled(65_536, round);
      queue.push(read, 5, 65_531);
      memory.add(queue.chunk.buffer);
      assert.ok(drain(queue).equals(read.subarray(5, 65_531)));
    }
    assert.equal(memory.size, 1);
  });

  it('takes 250,000 slices in linear time, each way', () => {
    const read = filled(65_536, 1);
    const small = growthFactor(25_000, entries => {
      const queue = new BodyQueue(new CopyPages());
      for (let i = 0; i < entries; i++) queue.push(read, i & 0xffff, (i & 0xffff) + 1);
      drain(queue, 1);
    });
    assert.ok(small < LINEAR_FACTOR, `ten times as many slices of one byte cost ${small.toFixed(1)} times as much`);
    const own = Buffer.allocUnsafeSlow(4);
    const large = growthFactor(25_000, entries => {
      const queue = new BodyQueue(new CopyPages());
      for (let i = 0; i < entries; i++) queue.push(own, 0, 4);
      drain(queue);
    });
    assert.ok(large < LINEAR_FACTOR, `ten times as many slices of four bytes cost ${large.toFixed(1)} times as much`);
  });

  it('moves all of another queue behind its own', () => {
    const [first, second] = [new BodyQueue(new CopyPages()), new BodyQueue(new CopyPages())];
    first.push(Buffer.from('ab'), 0, 2);
    second.push(Buffer.from('cd'), 0, 2);
    first.append(second);
    second.push(Buffer.from('xy'), 0, 2);
    assert.equal(drain(first).toString(), 'abcd');
    assert.equal(drain(second).toString(), 'xy');
  });

  it('shows all slices in order, and which is the last of a body that has ended', () => {
    for (const isLast of [true, false]) {
      const queue = new BodyQueue(new CopyPages());
      const read = filled(40_000, 7);
      queue.push(read, 0, read.length);
      const shown: Buffer[] = [];
      const lasts: boolean[] = [];
      const data = (chunk: Buffer, start: number, end: number, last: boolean): void => {
        shown.push(chunk.subarray(start, end));
        lasts.push(last);
      };
      queue.show({ data }, isLast);
      assert.deepEqual(Buffer.concat(shown), read);
      assert.deepEqual(lasts, [false, false, isLast]);
    }
  });

  it('gives a copy of all of it in one piece', () => {
    const queue = new BodyQueue(new CopyPages());
    assert.equal(queue.joined().length, 0);
    const read = filled(40_000, 7);
    for (let at = 0; at < read.length; at += 3_000) queue.push(read, at, Math.min(read.length, at + 3_000));
    queue.take(1);
    assert.deepEqual(queue.joined(), read.subarray(1));
    assert.equal(queue.bytes, read.length - 1);
  });
});
