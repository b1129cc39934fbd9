// SPDX-License-Identifier: Apache-2.0

import {
  Backend,
  endpointSet,
  TestRequest,
  testCluster,
  testEnvironment,
} from '../../src/proxy/upstream/backend.test-support.ts';
import { ClusterPool } from '../../src/proxy/upstream/cluster-pool.ts';
import type { UpstreamEndpoint } from '../../src/proxy/upstream/upstream-request.ts';
import type { BalancerPolicy } from '../../src/snapshot/index.ts';
/** What choosing an endpoint and opening a stream costs when a connection is ready: `node bench/micro/open-stream.ts`. */
import type { MessageStream } from '../../src/wire/index.ts';

const ROUNDS = 2_000_000;
const WARM_UP = 500_000;
const key = { kind: 'source-ip' } as const;
const POLICIES: readonly BalancerPolicy[] = [
  { kind: 'round-robin' },
  { kind: 'least-request' },
  { kind: 'random' },
  { kind: 'maglev', key },
  { kind: 'ring-hash', key },
];

/** Takes the stream and sends nothing. */
class Probe extends TestRequest {
  override hash = 0;
  override onOpen(stream: MessageStream, endpoint: UpstreamEndpoint): void {
    this.stream = stream;
    this.endpoint = endpoint;
  }
}

const environment = testEnvironment();
const unlimited = { maxConcurrentStreams: 0x7fffffff };
const backends = await Promise.all([Backend.start(unlimited), Backend.start(unlimited), Backend.start(unlimited)]);

for (const policy of POLICIES) {
  const pool = new ClusterPool(testCluster({ balancer: policy }), environment, {
    observer: {
      onConnectFailed() {},
      onConnected() {},
      onProven() {},
      onRetired() {},
      onEjected() {},
      onWaited() {},
      onRetried() {},
    },
    onChanged() {},
  });
  pool.update(pool.cluster, endpointSet(...backends.map(backend => backend.endpoint)));
  for (let i = 0; i < 100; i += 1) {
    const request = new TestRequest(environment.lists, { hash: i * 40_000_000 });
    pool.open(request);
    await request.outcome;
  }
  const probe = new Probe(environment.lists);
  const run = (rounds: number): number => {
    const startMs = performance.now();
    for (let i = 0; i < rounds; i += 1) {
      probe.hash = Math.imul(i, 2_654_435_761) >>> 0;
      pool.open(probe);
      const { stream, endpoint } = probe;
      if (stream === null || endpoint === null) throw new Error('no connection was ready');
      stream.reset('cancelled');
      pool.done(endpoint, 'ok');
    }
    return performance.now() - startMs;
  };
  run(WARM_UP);
  const nanoseconds = (run(ROUNDS) / ROUNDS) * 1e6;
  process.stdout.write(`${policy.kind}: ${nanoseconds.toFixed(0)} ns for open, reset and done\n`);
  pool.destroy();
}
await Promise.all(backends.map(backend => backend.close()));
environment.loop.close();
