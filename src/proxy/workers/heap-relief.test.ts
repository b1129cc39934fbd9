// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { HeapRelief, NOTHING_CHARGED } from './heap-relief.ts';
import type { Heap } from './thread-heap.ts';

const MIB = 1_048_576;

/** What a test says it is. */
class TestHeap implements Heap {
  mib = 20;
  afterMib = 20;
  heldMib = 40;
  afterHeldMib = 40;
  busy = 0;
  collections = 0;
  shrinkings = 0;
  /** Of those: how often the thread did not stop. */
  beside = 0;

  usedBytes(): number {
    return this.mib * MIB;
  }

  heldBytes(): number {
    return this.heldMib * MIB;
  }

  busyShare(): number {
    return this.busy;
  }

  collect(): void {
    this.collections++;
    this.mib = this.afterMib;
  }

  shrink(): void {
    this.shrinkings++;
    this.mib = this.afterMib;
    this.heldMib = this.afterHeldMib;
  }

  shrinkBeside(): void {
    this.beside++;
    this.shrink();
  }
}

function setUp() {
  const clock = new VirtualClock();
  const heap = new TestHeap();
  let reliefs = 0;
  const use = { chargedMib: 0, chargedBytes: () => use.chargedMib * MIB, letGo: () => void reliefs++ };
  const relief = new HeapRelief(heap, clock, use);
  clock.advance(5_000);
  return { clock, heap, use, relief, reliefs: () => reliefs };
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

  it('collects what was in use at the last collection and is not any more, though the heap did not grow', () => {
    const { clock, heap, use, relief } = setUp();
    heap.mib = 300;
    heap.afterMib = 250;
    use.chargedMib = 230;
    clock.advance(10_000);
    assert.equal(heap.collections, 1);
    clock.advance(60_000);
    assert.equal(heap.collections, 1);
    use.chargedMib = 0;
    heap.afterMib = 20;
    clock.advance(10_000);
    assert.deepEqual([heap.collections, heap.mib], [2, 20]);
    relief.close();
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
    const heap = new TestHeap();
    const relief = new HeapRelief(heap, clock, NOTHING_CHARGED);
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

  it('gives back room that a quiet thread has left, after two looks', () => {
    const { clock, heap, reliefs, relief } = setUp();
    heap.heldMib = 110;
    clock.advance(5_000);
    assert.equal(heap.shrinkings, 0);
    clock.advance(5_000);
    assert.deepEqual([heap.shrinkings, heap.beside, heap.collections, reliefs()], [1, 0, 0, 1]);
    relief.close();
  });

  it('leaves half as much as lives to a large heap that changes all the time', () => {
    const { clock, heap, relief } = setUp();
    Object.assign(heap, { mib: 250, afterMib: 60, heldMib: 310, afterHeldMib: 70 });
    clock.advance(10_000);
    assert.equal(heap.shrinkings, 1);
    heap.heldMib = 99;
    clock.advance(600_000);
    assert.equal(heap.shrinkings, 1);
    heap.heldMib = 101;
    clock.advance(10_000);
    assert.equal(heap.shrinkings, 2);
    relief.close();
  });

  it('gives back what a large start left when that is over, once, and does not stop the thread for that', () => {
    const clock = new VirtualClock();
    const heap = new TestHeap();
    Object.assign(heap, { mib: 80, afterMib: 70, heldMib: 210, afterHeldMib: 80 });
    const relief = new HeapRelief(heap, clock, NOTHING_CHARGED);
    heap.busy = 0.9;
    clock.advance(3_000);
    heap.busy = 0.1;
    clock.advance(1_000);
    assert.equal(heap.shrinkings, 0);
    clock.advance(1_000);
    assert.deepEqual([heap.shrinkings, heap.beside, heap.heldMib], [1, 1, 80]);
    clock.advance(600_000);
    assert.equal(heap.shrinkings, 1);
    relief.close();
  });

  it('gives back what a large start dropped, also where it left little room', () => {
    const clock = new VirtualClock();
    const heap = new TestHeap();
    Object.assign(heap, { mib: 90, afterMib: 55, heldMib: 97, afterHeldMib: 57 });
    const relief = new HeapRelief(heap, clock, NOTHING_CHARGED);
    clock.advance(2_000);
    assert.deepEqual([heap.shrinkings, heap.mib], [1, 55]);
    relief.close();
  });

  it('does not wait for a start that is never over: a busy thread is not stopped', () => {
    const clock = new VirtualClock();
    const heap = new TestHeap();
    Object.assign(heap, { mib: 80, afterMib: 70, heldMib: 210, afterHeldMib: 80, busy: 0.9 });
    const relief = new HeapRelief(heap, clock, NOTHING_CHARGED);
    clock.advance(60_000);
    assert.equal(heap.shrinkings, 0);
    heap.busy = 0.1;
    // It looks each second no longer.
    clock.advance(2_000);
    assert.equal(heap.shrinkings, 0);
    clock.advance(8_000);
    assert.equal(heap.shrinkings, 1);
    relief.close();
  });

  it('stops no busy thread to shrink it', () => {
    const { clock, heap, relief } = setUp();
    heap.heldMib = 110;
    heap.busy = 0.5;
    clock.advance(600_000);
    assert.equal(heap.shrinkings, 0);
    heap.busy = 0.1;
    clock.advance(10_000);
    assert.equal(heap.shrinkings, 1);
    relief.close();
  });

  it('shrinks every five minutes what grows again at once, and soon after what did not', () => {
    const { clock, heap, relief } = setUp();
    const usual = (): number => {
      const before = heap.shrinkings;
      heap.heldMib = 110;
      for (let second = 0; second < 3_600; second += 5) {
        clock.advance(5_000);
        heap.heldMib = 110;
      }
      return heap.shrinkings - before;
    };
    assert.ok(usual() <= 16, 'in the first hour');
    const second = usual();
    assert.ok(second >= 11 && second <= 12, `${second} times in the second`);
    heap.heldMib = 40;
    clock.advance(7_200_000);
    heap.heldMib = 110;
    const before = heap.shrinkings;
    clock.advance(10_000);
    assert.equal(heap.shrinkings, before + 1);
    heap.heldMib = 40;
    clock.advance(30_000);
    heap.heldMib = 110;
    clock.advance(10_000);
    assert.equal(heap.shrinkings, before + 2);
    relief.close();
  });

  it('shrinks soon again after a burst that took more than usual traffic does', () => {
    const { clock, heap, relief } = setUp();
    heap.heldMib = 110;
    clock.advance(10_000);
    const before = heap.shrinkings;
    heap.heldMib = 40;
    clock.advance(1_000);
    heap.heldMib = 150;
    clock.advance(14_000);
    assert.equal(heap.shrinkings, before + 1);
    relief.close();
  });
});
