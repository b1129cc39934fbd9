// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Endpoint, endpointSet } from '../../snapshot/index.ts';
import { type Series, WorkerMetrics } from '../metrics/index.ts';
import { EndpointMetrics } from './endpoint-metrics.ts';

const endpoint = (port: number, state: Endpoint['state'] = 'ready'): Endpoint => ({
  ...{ address: '10.0.0.1', port, name: '' },
  state,
});

function setUp() {
  const shown = new Set<string>();
  const announce = (series: readonly Series[]): void => {
    for (const { name, note } of series)
      if (note === 'gone') shown.delete(name);
      else shown.add(name);
  };
  const metrics = new EndpointMetrics(new WorkerMetrics(announce, 1_024), { wallMs: () => 7 });
  const samples = (): readonly string[] =>
    metrics.samples().map(({ labels: { cluster, state }, value }) => `${cluster} ${state} ${value}`);
  return { metrics, samples, shown };
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

  it('take with a cluster that is gone what its checks counted, and what they count late', async () => {
    const { metrics, shown } = setUp();
    metrics.update({ endpoints: [endpointSet('a', [endpoint(1)])] });
    const count = async (): Promise<number> => {
      metrics.transition('a', 'unhealthy');
      metrics.handshake('a', 'failed');
      await Promise.resolve();
      return shown.size - 1;
    };
    assert.equal(await count(), 2);
    metrics.update({ endpoints: [] });
    await Promise.resolve();
    assert.equal(shown.size - 1, 0);
    assert.equal(await count(), 0);
  });
});
