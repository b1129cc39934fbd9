// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyDelta, EMPTY_SNAPSHOT, type Snapshot } from '../../snapshot/index.ts';
import { SharedDeltas } from './shared-deltas.ts';

const CLIENTS: Snapshot['clients'] = [{ range: '10.0.0.0/24', namespace: 'a' }];

describe('deltas that threads share', () => {
  it('are made once for the same two snapshots, and lead from the one to the other', () => {
    const deltas = new SharedDeltas();
    const [one, two] = [1, 2].map(version => ({ ...EMPTY_SNAPSHOT, version, clients: CLIENTS }));
    assert.ok(one && two);
    const first = deltas.between(EMPTY_SNAPSHOT, one);
    assert.equal(deltas.between(EMPTY_SNAPSHOT, one), first);
    assert.deepEqual(applyDelta(EMPTY_SNAPSHOT, first), one);
    assert.deepEqual(applyDelta(EMPTY_SNAPSHOT, deltas.between(EMPTY_SNAPSHOT, two)), two);
    assert.deepEqual(applyDelta(one, deltas.between(one, two)), two);
    const last = deltas.between(one, two);
    deltas.forget();
    assert.notEqual(deltas.between(one, two), last);
  });
});
