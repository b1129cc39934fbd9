// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { applyDelta, diffSnapshots, EMPTY_SNAPSHOT } from './delta.ts';
import { deepFreeze } from './freeze.ts';
import { RandomHistory } from './random-history.test-support.ts';
import type { Snapshot } from './snapshot.ts';

it('a worker that got one delta after the other has what was published, whatever moved where', () => {
  fc.assert(
    fc.property(fc.integer(), seed => {
      const history = new RandomHistory(chance(seed));
      let published: Snapshot = EMPTY_SNAPSHOT;
      let worker: Snapshot = EMPTY_SNAPSHOT;
      for (let step = 0; step < 12; step++) {
        const next = deepFreeze(history.step());
        worker = deepFreeze(applyDelta(worker, structuredClone(diffSnapshots(published, next))));
        assert.deepEqual(worker, next);
        published = next;
      }
    }),
    { numRuns: Number(process.env['DELTA_RUNS'] ?? 60) },
  );
});

/** As random as it need be, and the same for the same seed (mulberry32). */
function chance(seed: number): (below: number) => number {
  let state = seed | 0;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
