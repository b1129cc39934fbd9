// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { replicaTroubles } from './replica-troubles.ts';

const pods = { addresses: ['10.0.0.1'], nodeName: null, service: { namespace: 'd', name: 'pods' } };
const endpoint = (address: string, ready = true) => ({
  addresses: [address] as const,
  conditions: { ready, serving: true, terminating: !ready },
});

describe('a Pod that Services of Gateways should lead to', () => {
  it('is well among the endpoints that are ready, and where nobody selects Pods', () => {
    assert.deepEqual(replicaTroubles(pods, [endpoint('10.0.0.1'), endpoint('10.0.0.2')]), []);
    assert.deepEqual(replicaTroubles({ ...pods, service: null }, []), []);
  });

  it('is told of when it is not among them, or not ready there', () => {
    for (const replicas of [[], [endpoint('10.0.0.2')], [endpoint('10.0.0.1', false)]]) {
      const [trouble] = replicaTroubles(pods, replicas);
      assert.equal(trouble?.subject, 'Service d/pods');
      assert.match(trouble?.message ?? '', /10\.0\.0\.1/);
    }
  });
});
