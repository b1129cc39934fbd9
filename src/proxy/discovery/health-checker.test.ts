// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleCluster } from '../../snapshot/cluster.test-support.ts';
import { type Cluster, type EndpointSet, endpointSet, type GrpcHealthCheck } from '../../snapshot/index.ts';
import { RateLimitedLog } from '../log/rate-limited-log.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { HealthChecker, type ProbeResult } from './health-checker.ts';

const OK: ProbeResult = { healthy: true, reason: '' };
const BAD: ProbeResult = { healthy: false, reason: 'NOT_SERVING' };
const CHECK: GrpcHealthCheck = {
  intervalMs: 1_000,
  timeoutMs: 500,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
  service: '',
};

function checked(healthCheck: GrpcHealthCheck | null): Cluster {
  return sampleCluster('x', { healthCheck });
}

function endpoints(...ports: number[]): EndpointSet {
  return endpointSet(
    'x',
    ports.map(port => ({ address: '10.0.0.1', port, state: 'ready', name: '' })),
  );
}

class World {
  readonly clock = new VirtualClock();
  readonly lines: string[] = [];
  readonly transitions: string[] = [];
  readonly answers = new Map<number, ProbeResult | null>();
  /** Checks that wait for `answers` to be other than null. */
  readonly open = new Map<number, (result: ProbeResult) => void>();
  checks = 0;
  closed = 0;
  changes = 0;
  readonly checker: HealthChecker;

  constructor() {
    const add = (message: string) => void this.lines.push(message);
    this.checker = new HealthChecker({
      clock: this.clock,
      log: new RateLimitedLog({ info: add, warn: add, error: add }, this.clock),
      openProbe: (_cluster, _check, { port }) => ({
        check: done => {
          this.checks += 1;
          const answer = this.answers.get(port) ?? null;
          if (answer === null) this.open.set(port, done);
          else done(answer);
        },
        close: () => {
          this.closed += 1;
        },
      }),
      onChange: () => void this.changes++,
      onTransition: (_cluster, health) => void this.transitions.push(health),
      random: () => 0.5,
    });
  }

  health(port: number): string | undefined {
    return this.checker.healthOf('x').get(`10.0.0.1:${port}`);
  }
}

describe('the health checker', () => {
  it('tells the verdicts of a thousand endpoints a few times, and all of them', () => {
    const world = new World();
    const ports = Array.from({ length: 1_000 }, (_, at) => at + 1);
    for (const port of ports) world.answers.set(port, OK);
    world.checker.update([checked(CHECK)], () => endpoints(...ports));
    world.clock.advance(0);
    assert.deepEqual([world.changes, world.health(1_000)], [1, 'healthy']);
    world.clock.advance(200);
    assert.equal(world.changes, 2);
    for (const port of ports) world.answers.set(port, BAD);
    world.clock.advance(5_000);
    assert.equal(world.health(1_000), 'unhealthy');
    assert.ok(world.changes < 10, `${world.changes}`);
    world.checker.close();
    assert.equal(world.clock.pending, 0);
  });

  it('lets the first result count at once, whatever the thresholds', () => {
    const world = new World();
    world.answers.set(1, OK).set(2, BAD);
    world.checker.update([checked(CHECK)], () => endpoints(1, 2));
    assert.deepEqual([world.health(1), world.health(2)], ['unknown', 'unknown']);
    world.clock.advance(0);
    assert.deepEqual([world.health(1), world.health(2)], ['healthy', 'unhealthy']);
    assert.deepEqual(world.transitions, []);
  });

  it('changes a verdict after as many results in a row as the threshold says', () => {
    const world = new World();
    world.answers.set(1, OK);
    world.checker.update([checked(CHECK)], () => endpoints(1));
    world.clock.advance(0);
    world.answers.set(1, BAD);
    world.clock.advance(2_000);
    assert.equal(world.health(1), 'healthy');
    world.answers.set(1, OK);
    world.clock.advance(1_000);
    world.answers.set(1, BAD);
    world.clock.advance(2_000);
    assert.equal(world.health(1), 'healthy');
    world.clock.advance(1_000);
    assert.equal(world.health(1), 'unhealthy');
    world.answers.set(1, OK);
    world.clock.advance(1_000);
    assert.equal(world.health(1), 'unhealthy');
    world.clock.advance(1_000);
    assert.equal(world.health(1), 'healthy');
    assert.deepEqual(world.transitions, ['unhealthy', 'healthy']);
    assert.deepEqual(world.lines, ['health check: endpoint became unhealthy', 'health check: endpoint became healthy']);
  });

  it('never has two checks of one endpoint at once', () => {
    const world = new World();
    world.checker.update([checked(CHECK)], () => endpoints(1));
    world.clock.advance(10_000);
    assert.equal(world.checks, 1);
    world.open.get(1)?.(OK);
    world.clock.advance(1_000);
    assert.equal(world.checks, 2);
  });

  it('keeps verdicts of endpoints that stay, and stops asking those that left', () => {
    const world = new World();
    world.answers.set(1, OK).set(2, OK);
    world.checker.update([checked(CHECK)], () => endpoints(1, 2));
    world.clock.advance(0);
    world.checker.update([checked(CHECK)], () => endpoints(1, 3));
    assert.deepEqual([world.health(1), world.health(2), world.health(3)], ['healthy', undefined, 'unknown']);
    assert.equal(world.closed, 1);
    world.checker.close();
    assert.equal(world.closed, 3);
    assert.equal(world.clock.pending, 0);
  });

  it('keeps verdicts when the check itself changes, until the new check knows', () => {
    const world = new World();
    world.answers.set(1, OK);
    world.checker.update([checked(CHECK)], () => endpoints(1));
    world.clock.advance(0);
    world.checker.update([checked({ ...CHECK, service: 'api.Echo', unhealthyThreshold: 1 })], () => endpoints(1));
    assert.equal(world.health(1), 'healthy');
    world.answers.set(1, BAD);
    world.clock.advance(500);
    assert.equal(world.health(1), 'unhealthy');
  });

  for (const [what, change] of [
    ['greets endpoints in another way', { proxyProtocol: 'v2' }],
    ['has another limit for a connect', { connectTimeoutMs: 100 }],
  ] as const)
    it(`asks anew when the cluster ${what}, and keeps its verdicts until then`, () => {
      const world = new World();
      world.answers.set(1, OK);
      world.checker.update([checked(CHECK)], () => endpoints(1));
      world.clock.advance(0);
      world.checker.update([{ ...checked(CHECK), ...change }], () => endpoints(1));
      assert.equal(world.closed, 1);
      assert.equal(world.health(1), 'healthy');
      world.clock.advance(CHECK.intervalMs);
      assert.equal(world.checks, 2);
    });

  it('leaves clusters without a check alone', () => {
    const world = new World();
    world.checker.update([checked(null)], () => endpoints(1));
    world.clock.advance(10_000);
    assert.equal(world.checks, 0);
    assert.equal(world.health(1), undefined);
  });
});
