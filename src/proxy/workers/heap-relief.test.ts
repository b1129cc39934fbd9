// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { HeapRelief, threadHeap } from './heap-relief.ts';

const MIB = 1_048_576;

function setUp() {
  const clock = new VirtualClock();
  const heap = { mib: 20, afterMib: 20, collections: 0 };
  let reliefs = 0;
  const relief = new HeapRelief(
    {
      usedBytes: () => heap.mib * MIB,
      collect() {
        heap.collections++;
        heap.mib = heap.afterMib;
      },
    },
    clock,
    () => void reliefs++,
  );
  clock.advance(5_000);
  return { clock, heap, relief, reliefs: () => reliefs };
}

describe('heap relief', () => {
  it('collects when the heap stays far above what was left last time, and lets pools go first', () => {
    const { clock, heap, reliefs, relief } = setUp();
    heap.mib = 300;
    clock.advance(5_000);
    assert.equal(heap.collections, 0);
    clock.advance(5_000);
    assert.deepEqual([heap.collections, reliefs()], [1, 1]);
    relief.close();
    assert.equal(clock.pending, 0);
  });

  it('leaves a burst alone that is over by itself, and usual garbage', () => {
    const { clock, heap, relief } = setUp();
    for (const mib of [300, 20, 300, 20, 30, 30, 30]) {
      heap.mib = mib;
      clock.advance(5_000);
    }
    assert.equal(heap.collections, 0);
    relief.close();
  });

  it('does not take what a start loads for a burst', () => {
    const clock = new VirtualClock();
    const heap = { mib: 5, collections: 0 };
    const relief = new HeapRelief(
      { usedBytes: () => heap.mib * MIB, collect: () => void heap.collections++ },
      clock,
      () => {},
    );
    heap.mib = 60;
    clock.advance(60_000);
    assert.equal(heap.collections, 0);
    relief.close();
  });

  it('does not collect again and again what lives', () => {
    const { clock, heap, relief } = setUp();
    heap.mib = 300;
    heap.afterMib = 290;
    clock.advance(60_000);
    assert.equal(heap.collections, 1);
    heap.mib = 320;
    clock.advance(10_000);
    assert.equal(heap.collections, 2);
    relief.close();
  });

  it('gives back what a thread dropped, buffers included', async () => {
    const held = { buffers: Array.from({ length: 64 }, () => Buffer.alloc(MIB, 1)) };
    const before = threadHeap.usedBytes();
    held.buffers = [];
    // Buffers are swept beside: the next collection waits for that of the one before.
    for (let times = 0; times < 3; times++) {
      await new Promise(setImmediate);
      threadHeap.collect();
    }
    const given = (before - threadHeap.usedBytes()) / MIB;
    assert.ok(given > 32, `${given.toFixed(0)} of 64 MiB were given back`);
  });
});
