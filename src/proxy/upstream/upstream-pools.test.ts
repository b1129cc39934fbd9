// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, describe, it } from 'node:test';
import { until } from '../../time/until.test-support.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { endpointSet, TestRequest, testCluster, testEnvironment } from './backend.test-support.ts';
import { cleanUp, startBackend } from './cluster-pool.test-support.ts';
import { UpstreamPools } from './upstream-pools.ts';

afterEach(cleanUp);

const OBSERVER = {
  onConnectFailed() {},
  onConnected() {},
  onProven() {},
  onRetired() {},
  onGone() {},
  onEjected() {},
  onWaited() {},
  onRetried() {},
  onChanged() {},
  onHandshake() {},
};
const NOTHING = { clusters: [], endpoints: [], certificates: [], trustBundles: [] };

async function start() {
  const clock = new VirtualClock();
  const environment = testEnvironment({ clock });
  const backend = await startBackend();
  const pools = new UpstreamPools(environment, OBSERVER);
  const cluster = testCluster();
  const snapshot = { ...NOTHING, clusters: [cluster], endpoints: [endpointSet(backend.endpoint)] };
  return { clock, environment, backend, pools, cluster, snapshot };
}

describe('the clusters of a worker', () => {
  it('serve what waits and what old rules still open after they left the snapshot', async () => {
    const { environment, pools, cluster, snapshot } = await start();
    pools.apply(snapshot);
    const pool = pools.cluster(cluster.id);
    const waiting = new TestRequest(environment.lists);
    pool?.open(waiting);
    pools.apply(NOTHING);
    assert.equal(pools.cluster(cluster.id), undefined);
    assert.equal(await waiting.outcome, '200');
    const later = new TestRequest(environment.lists);
    pool?.open(later);
    assert.equal(await later.outcome, '200');
    pools.close();
  });

  it('wake nobody while nothing was asked of them, and again when nothing is left to look at', async () => {
    const { clock, environment, backend, pools, cluster, snapshot } = await start();
    pools.apply(snapshot);
    assert.equal(clock.pending, 0, 'before the first request');
    const request = new TestRequest(environment.lists);
    pools.cluster(cluster.id)?.open(request);
    await request.outcome;
    clock.advance(120_000);
    assert.equal(clock.pending, 1, 'a connection is open');
    const [session] = backend.sessions;
    const closed = once(session ?? backend.server, 'close');
    await backend.close();
    await closed;
    await until(() => pools.cluster(cluster.id)?.openConnections() === 0);
    clock.advance(120_000);
    assert.equal(clock.pending, 0, 'the connection is gone');
    pools.close();
  });

  it('close their connections when they left and are idle, not before', async () => {
    const { clock, environment, backend, pools, cluster, snapshot } = await start();
    pools.apply(snapshot);
    const pool = pools.cluster(cluster.id);
    const request = new TestRequest(environment.lists);
    pool?.open(request);
    await request.outcome;
    pools.apply(NOTHING);
    clock.advance(10_000);
    assert.equal(pool?.openConnections(), 1, 'its stream is not over yet');
    const [session] = backend.sessions;
    const closed = once(session ?? backend.server, 'close');
    if (request.endpoint !== null) pool?.done(request.endpoint, 'ok');
    clock.advance(2_000);
    await closed;
    pools.close();
    assert.equal(clock.pending, 0);
  });

  it('are the same objects when they come back in time', async () => {
    const { environment, backend, pools, cluster, snapshot } = await start();
    pools.apply(snapshot);
    const pool = pools.cluster(cluster.id);
    const request = new TestRequest(environment.lists);
    pool?.open(request);
    await request.outcome;
    pools.apply(NOTHING);
    pools.apply(snapshot);
    assert.equal(pools.cluster(cluster.id), pool);
    const again = new TestRequest(environment.lists);
    pool?.open(again);
    assert.equal(await again.outcome, '200');
    assert.equal(backend.connections, 1);
    pools.close();
  });

  it('serve what waits for an endpoint that is removed, the last one too', async () => {
    const { environment, pools, cluster, snapshot } = await start();
    pools.apply(snapshot);
    const request = new TestRequest(environment.lists);
    pools.cluster(cluster.id)?.open(request);
    pools.apply({ ...snapshot, endpoints: [endpointSet()] });
    assert.equal(await request.outcome, '200');
    pools.close();
  });

  it('take endpoints that change alone', async () => {
    const { environment, pools, cluster, snapshot } = await start();
    const other = await startBackend();
    pools.apply(snapshot);
    pools.apply({ ...snapshot, endpoints: [endpointSet(other.endpoint)] });
    const request = new TestRequest(environment.lists);
    pools.cluster(cluster.id)?.open(request);
    assert.equal(await request.outcome, '200');
    assert.equal(other.served, 1);
    pools.close();
  });
});
