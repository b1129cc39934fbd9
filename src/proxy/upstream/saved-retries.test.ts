// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SavedRetries } from './saved-retries.ts';

/** How many of `asked` tries are paid at one time. */
function paid(budget: SavedRetries, asked: number, nowMs: number): number {
  let count = 0;
  for (let at = 0; at < asked; at++) if (budget.withdraw(nowMs)) count++;
  return count;
}

describe('the retry budget of a cluster', () => {
  it('has 100 tries to begin with, then ten a second', () => {
    const budget = new SavedRetries();
    assert.equal(paid(budget, 1_000, 5_000), 100);
    assert.equal(paid(budget, 1_000, 6_000), 10);
    assert.equal(paid(budget, 1_000, 600_000), 100, 'no more is saved');
  });

  it('earns one try with five requests', () => {
    const budget = new SavedRetries();
    paid(budget, 1_000, 5_000);
    for (let at = 0; at < 51; at++) budget.deposit();
    assert.equal(paid(budget, 1_000, 5_000), 10);
  });
});
