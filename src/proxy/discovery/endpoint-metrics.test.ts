// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Endpoint, endpointSet } from '../../snapshot/index.ts';
import { WorkerMetrics } from '../metrics/index.ts';
import { EndpointMetrics } from './endpoint-metrics.ts';

const endpoint = (port: number, state: Endpoint['state'] = 'ready'): Endpoint => ({
  ...{ address: '10.0.0.1', port, name: '' },
  state,
});

function setUp() {
  const metrics = new EndpointMetrics(new WorkerMetrics(() => undefined, 1_024), { wallMs: () => 7 });
  const samples = (): readonly string[] =>
    metrics.samples().map(({ labels: { cluster, state }, value }) => `${cluster} ${state} ${value}`);
  return { metrics, samples };
}

describe('counts of endpoints', () => {
  it('are those of each cluster as it is now, until it is gone', () => {
    const { metrics, samples } = setUp();
    metrics.update({ endpoints: [endpointSet('a', [endpoint(1), endpoint(2, 'draining')]), endpointSet('b', [])] });
    assert.deepEqual(samples(), ['a ready 1', 'a draining 1', 'b ready 0', 'b draining 0']);
    assert.deepEqual(metrics.readiness.get('a')?.noneSinceMs, null);
    assert.deepEqual(metrics.readiness.get('b')?.noneSinceMs, 7);
    metrics.update({ endpoints: [endpointSet('a', [endpoint(1), endpoint(2)])] });
    assert.deepEqual(samples(), ['a ready 2', 'a draining 0']);
  });

  it('tell the health of endpoints that are checked, and go on at 0 when they are so no more', () => {
    const { metrics, samples } = setUp();
    metrics.update({ endpoints: [endpointSet('a', [endpoint(1), endpoint(2)])] });
    metrics.setHealth(
      'a',
      new Map([
        ['10.0.0.1:1', 'unhealthy'],
        ['10.0.0.1:2', 'unknown'],
      ]),
    );
    assert.deepEqual(samples(), ['a ready 0', 'a draining 0', 'a unhealthy 1', 'a unchecked 1']);
    metrics.setHealth('a', new Map());
    assert.deepEqual(samples(), ['a ready 2', 'a draining 0', 'a unhealthy 0', 'a unchecked 0']);
  });
});
