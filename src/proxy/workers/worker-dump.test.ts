// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Endpoint } from '../../snapshot/index.ts';
import { DebugLog, RateLimitedLog } from '../log/index.ts';
import { WorkerMetrics } from '../metrics/index.ts';
import { endpointSet, testBudget, testCluster, testEnvironment } from '../upstream/backend.test-support.ts';
import { UpstreamMetrics, UpstreamPools } from '../upstream/index.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { dumpCluster } from './worker-dump.ts';

const at = (port: number, changes: Partial<Endpoint> = {}): Endpoint => ({
  address: '127.0.0.1',
  port,
  state: 'ready',
  name: `p${port}`,
  ...changes,
});

/** Pools that count what is made for endpoints: each looks up the budget. */
function world() {
  const clock = new VirtualClock();
  let made = 0;
  const budget = testBudget(10, clock);
  const environment = Object.defineProperty(testEnvironment({ clock }), 'budget', {
    get: () => {
      made++;
      return budget;
    },
  });
  const log = new RateLimitedLog({ info() {}, warn() {}, error() {} }, clock);
  const reports = {
    metrics: new WorkerMetrics(() => {}),
    log,
    debug: new DebugLog(() => undefined, clock),
    reach() {},
  };
  const pools = new UpstreamPools(environment, new UpstreamMetrics(reports));
  return { clock, pools, made: () => made };
}

const HEALTH_CHECK = { intervalMs: 1_000, timeoutMs: 1_000, healthyThreshold: 1, unhealthyThreshold: 1, service: '' };
const NO_TLS = { certificates: [], trustBundles: [] };

describe('endpoints that nothing was sent to', () => {
  it('are made neither by a dump nor when their cluster goes', () => {
    const { clock, pools, made } = world();
    const cluster = testCluster();
    pools.apply({ ...NO_TLS, clusters: [cluster], endpoints: [endpointSet(at(1), at(2))] });
    assert.equal(pools.clusters().map(dumpCluster)[0]?.endpoints.length, 2);
    pools.apply({ ...NO_TLS, clusters: [], endpoints: [] });
    clock.advance(5_000);
    assert.equal(made(), 0);
    pools.close();
  });

  it('are shown as those that something was', () => {
    const { pools, made } = world();
    const cluster = testCluster({ healthCheck: HEALTH_CHECK });
    const all = [at(1), at(2, { state: 'draining' }), at(3, { distance: 2 }), at(4)];
    pools.apply({ ...NO_TLS, clusters: [cluster], endpoints: [endpointSet(...all)] });
    pools.setHealth(
      cluster.id,
      new Map([
        ['127.0.0.1:1', 'healthy'],
        ['127.0.0.1:3', 'healthy'],
        ['127.0.0.1:4', 'unhealthy'],
      ]),
    );
    const before = pools.clusters().map(dumpCluster);
    assert.equal(made(), 0);
    const pool = pools.cluster(cluster.id);
    pool?.takeUntried(0, ['127.0.0.1:1', '127.0.0.1:2', '127.0.0.1:3', '127.0.0.1:4']);
    assert.notEqual(made(), 0);
    assert.deepEqual(pools.clusters().map(dumpCluster), before);
    assert.deepEqual(
      before[0]?.endpoints.map(({ usable }) => usable),
      [true, false, true, false],
    );
    pools.close();
  });
});
