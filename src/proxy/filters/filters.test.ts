// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderRewriter, seededRandom, WeightedChoice } from './index.ts';

describe('header changes', () => {
  const change = {
    set: [{ name: 'a', value: 'new' }],
    add: [
      { name: 'b', value: '2' },
      { name: 'c', value: '3' },
    ],
    remove: ['d'],
  };

  it('sets, adds and removes, in this order', () => {
    const fields = { names: ['a', 'b', 'a', 'd'], values: ['1', '1', '1', '1'] };
    new HeaderRewriter([change]).rewrite(fields);
    assert.deepEqual(fields, { names: ['b', 'a', 'c'], values: ['1,2', 'new', '3'] });
  });

  it('changes per-request fields apart from the others', () => {
    const rewriter = new HeaderRewriter([
      { set: [{ name: 'x-request-id', value: 'fixed' }], add: [], remove: ['traceparent'] },
    ]);
    assert.equal(rewriter.touchesVolatile, true);
    assert.deepEqual(rewriter.rewriteVolatile(['traceparent', 't', 'x-request-id', 'r', 'grpc-timeout', '1S']), [
      'grpc-timeout',
      '1S',
      'x-request-id',
      'fixed',
    ]);
    assert.equal(new HeaderRewriter([change]).touchesVolatile, false);
  });
});

describe('weighted choice', () => {
  it('gives each backend its share, however large the weights', () => {
    const choice = new WeightedChoice([900_000, 100_000, 1]);
    const random = seededRandom(7);
    const counts = [0, 0, 0];
    for (let i = 0; i < 100_000; i++) {
      const picked = choice.pick(random);
      counts[picked] = (counts[picked] ?? 0) + 1;
    }
    const share = (counts[0] ?? 0) / counts.reduce((sum, count) => sum + count, 0);
    assert.ok(Math.abs(share - 0.9) < 0.005, `share ${share}`);
  });

  it('is exact at the borders', () => {
    const choice = new WeightedChoice([1, 3]);
    assert.equal(
      choice.pick(() => 0),
      0,
    );
    assert.equal(
      choice.pick(() => 0.2499),
      0,
    );
    assert.equal(
      choice.pick(() => 0.25),
      1,
    );
    assert.equal(
      choice.pick(() => 1 - Number.EPSILON),
      1,
    );
  });
});
