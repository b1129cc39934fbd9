// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { endpointSet } from './endpoint-set.ts';
import { orderViolations, sortSnapshot } from './order.ts';
import { randomSnapshot } from './random-snapshot.test-support.ts';

describe('the order of a snapshot', () => {
  it('is the same whatever order its parts came in', () => {
    fc.assert(
      fc.property(randomSnapshot(1), snapshot => {
        const reversed = {
          ...snapshot,
          bindings: snapshot.bindings.toReversed(),
          clusters: snapshot.clusters.toReversed(),
          endpoints: snapshot.endpoints.toReversed(),
          certificates: snapshot.certificates.toReversed(),
        };
        assert.deepEqual(sortSnapshot(reversed), snapshot);
        assert.deepEqual(orderViolations(snapshot), []);
      }),
      { numRuns: 50 },
    );
  });

  it('names what breaks it', () => {
    const cluster = (id: string) => endpointSet(id, []);
    const snapshot = {
      version: 1,
      bindings: [],
      clusters: [],
      endpoints: [cluster('b'), cluster('a')],
      certificates: [],
      trustBundles: [],
      clients: [],
    };
    assert.deepEqual(orderViolations(snapshot), ['endpoints: item 1 is not after 0']);
  });
});
