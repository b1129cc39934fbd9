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
          trustBundles: snapshot.trustBundles.toReversed(),
          clients: snapshot.clients.toReversed(),
        };
        assert.deepEqual(sortSnapshot(reversed), snapshot);
        assert.deepEqual(orderViolations(snapshot), []);
      }),
      { numRuns: 50 },
    );
  });

  it('names what breaks it, doubles too, and mends it', () => {
    const withSets = (...ids: readonly string[]) => ({
      version: 1,
      bindings: [],
      clusters: [],
      endpoints: ids.map(id => endpointSet(id, [])),
      certificates: [],
      trustBundles: [],
      clients: [],
    });
    assert.deepEqual(orderViolations(withSets('b', 'a')), ['endpoints: item 1 is not after 0']);
    assert.deepEqual(orderViolations(withSets('a', 'a')), ['endpoints: item 1 is not after 0']);
    assert.deepEqual(sortSnapshot(withSets('b', 'a', 'c')), withSets('a', 'b', 'c'));
  });
});
