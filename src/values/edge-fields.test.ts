// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VOLATILE_NAMES } from '../wire/index.ts';
import { isDroppedAtEdge } from './edge-fields.ts';

describe('fields that are dropped at the edge', () => {
  it('are all x-envoy- ones but the liveness probe, and the client certificate', () => {
    for (const name of ['x-envoy-internal', 'x-envoy-', 'x-envoy-livenessprobe-2', 'x-forwarded-client-cert']) {
      assert.equal(isDroppedAtEdge(name), true, name);
    }
    for (const name of ['x-envoy-livenessprobe', 'x-envoy', 'x-forwarded-for', 'x-envoys', '', ':path']) {
      assert.equal(isDroppedAtEdge(name), false, name);
    }
  });

  it('are one among those that differ with each request: the proxy looks for that one alone, per request', () => {
    assert.deepEqual([...VOLATILE_NAMES].filter(isDroppedAtEdge), ['x-envoy-upstream-service-time']);
  });
});
