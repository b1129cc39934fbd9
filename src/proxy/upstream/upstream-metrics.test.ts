// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { DebugLog, RateLimitedLog } from '../log/index.ts';
import { WorkerMetrics } from '../metrics/index.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { Authority, tlsTo } from './authority.test-support.ts';
import { endpointSet, TestRequest, testCluster, testEnvironment } from './backend.test-support.ts';
import { cleanUp, listen } from './cluster-pool.test-support.ts';
import { UpstreamMetrics } from './upstream-metrics.ts';
import { UpstreamPools } from './upstream-pools.ts';

afterEach(cleanUp);

/** What is shown of clusters, as it is now. */
function observed(clock: VirtualClock) {
  const shown = new Set<string>();
  const metrics = new WorkerMetrics(series => {
    for (const { name, labels, note } of series) {
      if (labels['cluster'] === undefined) continue;
      if (note === 'gone') shown.delete(name);
      else shown.add(name);
    }
  });
  const log = new RateLimitedLog({ info() {}, warn() {}, error() {} }, clock);
  const debug = new DebugLog(() => undefined, clock);
  return { shown, observer: new UpstreamMetrics({ metrics, log, debug, reach() {} }) };
}

describe('what is counted of a cluster', () => {
  it('goes with it, and what still happens by old rules is not shown', async () => {
    const clock = new VirtualClock();
    const environment = testEnvironment({ clock });
    const { shown, observer } = observed(clock);
    const pools = new UpstreamPools(environment, observer);
    const authority = await Authority.create('silent');
    const accepted: Socket[] = [];
    const silent = await listen(socket => void accepted.push(socket.resume()));
    const cluster = testCluster({ tls: tlsTo('a.example.com', authority) });
    const snapshot = { certificates: [], trustBundles: [authority.bundle] };
    pools.apply({ ...snapshot, clusters: [cluster], endpoints: [endpointSet(silent)] });
    const pool = pools.cluster(cluster.id);
    assert.ok(pool);
    const request = new TestRequest(environment.lists);
    pool.open(request);
    pool.retried('status');
    const { key } = pool.endpoints()[0] ?? { key: '' };
    assert.equal(key, `127.0.0.1:${silent.port}`);
    while (accepted.length === 0) await new Promise(setImmediate);
    assert.ok(shown.has('daemun_upstream_retries_total') && shown.has('daemun_upstream_connections'));
    pool.cancel(request);
    pools.apply({ ...snapshot, clusters: [], endpoints: [] });
    clock.advance(5_000);
    await once(accepted[0] as Socket, 'close');
    pool.retried('status');
    for (const endpoint of pool.endpoints()) {
      observer.onConnectFailed(pool, endpoint, { kind: 'connect_failure', message: 'late', stage: 'unreached' });
      observer.onEjected(pool, endpoint);
    }
    await new Promise(setImmediate);
    assert.deepEqual([...shown], []);
    pools.close();
  });
});
