// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConstrainedRetries } from './constrained-retries.ts';

const CONSTRAINT = { percent: 20, intervalMs: 10_000, minRetries: 3, minIntervalMs: 1_000 };

function budgetAfter(requests: number, nowMs: number): ConstrainedRetries {
  const budget = new ConstrainedRetries(CONSTRAINT);
  for (let at = 0; at < requests; at++) budget.deposit(nowMs);
  return budget;
}

/** How many of 1,000 tries are paid at one time. */
function paid(budget: ConstrainedRetries, nowMs: number): number {
  let count = 0;
  for (let at = 0; at < 1_000; at++) if (budget.withdraw(nowMs)) count++;
  return count;
}

describe('the retry budget of a policy', () => {
  it('is a share of the requests of its interval', () => {
    assert.equal(paid(budgetAfter(1_000, 50_000), 50_000), 200);
    assert.equal(paid(budgetAfter(1_000, 50_000), 58_999), 200);
    assert.equal(paid(budgetAfter(1_000, 50_000), 60_000), 3, 'the requests are too long ago');
  });

  it('counts every try against it until it is too long ago', () => {
    const budget = budgetAfter(100, 50_000);
    assert.equal(paid(budget, 50_000), 20);
    for (let at = 0; at < 100; at++) budget.deposit(55_000);
    assert.equal(paid(budget, 55_000), 20);
    for (let at = 0; at < 50; at++) budget.deposit(60_000);
    assert.equal(paid(budget, 60_000), 10, 'those of 50 s are forgotten, on both sides');
  });

  it('has its least rate whatever the share', () => {
    const budget = budgetAfter(1, 50_000);
    assert.deepEqual([paid(budget, 50_000), paid(budget, 50_500), paid(budget, 51_000)], [3, 0, 3]);
  });
});
