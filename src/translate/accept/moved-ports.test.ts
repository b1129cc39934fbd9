// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { movePorts } from './moved-ports.ts';

const moved = (written: number[], refused: number[], previous: ReadonlyMap<number, number> = new Map()) =>
  movePorts(new Set(written), new Set(refused), previous);

describe('ports that the OS refuses', () => {
  it('are bound 8000 higher', () => {
    assert.deepEqual(Object.fromEntries(moved([80, 443], [443, 80])), { 80: 8080, 443: 8443 });
  });

  it('never come to stand at a port that is written, nor at one another', () => {
    assert.deepEqual([...moved([443, 8443, 9443], [443])], [[443, 10_443]]);
    assert.deepEqual(Object.fromEntries(moved([23, 1023, 8023], [23, 1023])), { 23: 9023, 1023: 10_023 });
  });

  it('come to stand at the same ports in whatever order they are told', () => {
    assert.deepEqual(Object.fromEntries(moved([23, 1023, 8023], [1023, 23])), { 23: 9023, 1023: 10_023 });
  });

  it('stay where they are when nobody writes them, or there is no higher port', () => {
    assert.deepEqual([...moved([80], [443])], []);
    assert.deepEqual([...moved([57_535], [57_535])], [[57_535, 65_535]]);
    assert.deepEqual([...moved([57_536], [57_536])], []);
  });

  it('stay where they are over a reload, as long as nobody writes that port', () => {
    const first = moved([443, 8443], [443]);
    assert.deepEqual([...first], [[443, 9443]]);
    assert.equal(moved([443], [443], first), first);
    assert.deepEqual([...moved([443, 9443], [443], first)], [[443, 8443]]);
  });

  it('are remembered while no listener writes them', () => {
    const first = moved([443, 8443], [443]);
    const without = moved([8443], [443], first);
    assert.equal(moved([443], [443], without).get(443), 9443);
  });
});
