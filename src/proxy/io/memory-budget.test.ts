// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryBudget, type MemoryHolder, PROCESS_BUFFER_BYTES, workerBufferBytes } from './memory-budget.ts';

/** A connection with streams of these sizes. */
class Holder implements MemoryHolder {
  readonly #budget: MemoryBudget;
  readonly #streams: number[];
  constructor(budget: MemoryBudget, streams: readonly number[]) {
    this.#budget = budget;
    this.#streams = [...streams].sort((a, b) => a - b);
    budget.join(this);
  }
  get heldBytes(): number {
    return this.#streams.reduce((sum, bytes) => sum + bytes, 0);
  }
  get streams(): number {
    return this.#streams.length;
  }
  remeasure(): void {}
  shed(): void {
    this.#budget.add(-(this.#streams.pop() ?? 0));
  }
}

describe('memory budget', () => {
  it('ends who holds most, down to seven eighths, and nobody else', () => {
    const reports: string[] = [];
    const budget = new MemoryBudget(1_000, limit => reports.push(limit));
    const neighbour = new Holder(budget, [50]);
    const [greedy, greedier] = [new Holder(budget, [200, 200]), new Holder(budget, [300, 249])];
    for (const { heldBytes } of [neighbour, greedy, greedier]) budget.add(heldBytes);
    assert.equal(reports.length, 0);
    budget.add(2);
    assert.deepEqual([neighbour.streams, greedy.streams, greedier.streams], [1, 2, 1]);
    assert.deepEqual(reports, ['worker_buffer']);
    assert.ok(budget.bytes <= 875);
  });

  it('goes on to the next when one has nothing to give, and does not ask again and again', () => {
    let asked = 0;
    const budget = new MemoryBudget(100, () => {});
    budget.join({ heldBytes: 500, remeasure() {}, shed: () => void asked++ });
    const other = new Holder(budget, [60, 60]);
    budget.add(120);
    assert.deepEqual([asked, other.streams], [1, 1]);
  });

  it('lets holders correct their charges before it ends anything', () => {
    const budget = new MemoryBudget(100, () => assert.fail('something was ended'));
    let heldBytes = 90;
    budget.join({
      get heldBytes() {
        return heldBytes;
      },
      remeasure() {
        budget.add(-heldBytes);
        heldBytes = 0;
      },
      shed: () => assert.fail('it holds nothing'),
    });
    budget.add(90);
    budget.add(20);
    assert.equal(budget.bytes, 20);
  });

  it('is shared by the workers of a process, each with enough for some connections', () => {
    assert.equal(workerBufferBytes(1), PROCESS_BUFFER_BYTES);
    assert.equal(workerBufferBytes(2) * 2, PROCESS_BUFFER_BYTES);
    assert.ok(workerBufferBytes(64) >= 4 * 16_777_216);
  });
});
