// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { healthMetrics } from './health-metrics.ts';

const share = (well: number, all: number) => ({ well, all });

describe('the metrics of how a process is', () => {
  it('say what /status says', () => {
    const families = healthMetrics({
      version: '1.2.3',
      isReady: false,
      workers: { running: 1, wanted: 2, ended: 3, endedAtMs: 0, refusals: 4 },
      waitingMs: 1_500,
      counts: {
        ...{ gateways: share(1, 2), listeners: share(3, 3), routes: share(5, 8) },
        ...{ clusters: share(0, 0), endpoints: share(0, 0) },
      },
    });
    const lines = families.flatMap(({ name, samples }) =>
      samples.map(({ labels, value }) => `${name} ${Object.values(labels).join()} ${value}`),
    );
    assert.deepEqual(lines, [
      'daemun_build_info 1.2.3 1',
      'daemun_ready  0',
      'daemun_workers running 1',
      'daemun_workers wanted 2',
      'daemun_workers_ended_total  3',
      'daemun_worker_refusals_total  4',
      'daemun_config_waiting_seconds  1.5',
      'daemun_gateways programmed 1',
      'daemun_gateways refused 1',
      'daemun_listeners programmed 3',
      'daemun_listeners refused 0',
      'daemun_routes accepted 5',
      'daemun_routes refused 3',
    ]);
  });
});
