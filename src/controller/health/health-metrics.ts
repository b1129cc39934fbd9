// SPDX-License-Identifier: Apache-2.0

import type { MetricFamily } from '../../admin/index.ts';
import type { WorkerCount } from '../../proxy/index.ts';
import type { Counts, Share } from './status-page.ts';

/** How a process is, as `/status` says it too. */
export interface HealthNow {
  /** Of daemun. */
  readonly version: string;
  readonly isReady: boolean;
  readonly workers: WorkerCount;
  /** How long the oldest change waits that is not served yet. */
  readonly waitingMs: number;
  readonly counts: Counts;
}

/** The same for `/metrics`, so that there can be an alert for each. Made at the scrape. */
export function healthMetrics({ version, isReady, workers, waitingMs, counts }: HealthNow): MetricFamily[] {
  const { gateways, listeners, routes } = counts;
  return [
    gauge('daemun_build_info', 'Always 1; `version` is that of daemun.', [{ labels: { version }, value: 1 }]),
    gauge('daemun_ready', 'Whether /ready answers 200.', [{ labels: {}, value: isReady ? 1 : 0 }]),
    gauge('daemun_workers', 'Worker threads that run, and how many should.', [
      { labels: { state: 'running' }, value: workers.running },
      { labels: { state: 'wanted' }, value: workers.wanted },
    ]),
    {
      name: 'daemun_workers_ended_total',
      help: 'Worker threads that ended by themselves and were replaced; their connections were lost.',
      type: 'counter',
      samples: [{ labels: {}, value: workers.ended }],
    },
    {
      name: 'daemun_worker_refusals_total',
      help: 'Changes that a worker thread could not take up: it is given all there is next, and what breaks that is set aside.',
      type: 'counter',
      samples: [{ labels: {}, value: workers.refusals }],
    },
    gauge('daemun_config_waiting_seconds', 'How long the oldest change waits that is not served yet; 0: all are.', [
      { labels: {}, value: waitingMs / 1_000 },
    ]),
    gauge(
      'daemun_gateways',
      'Gateways, by whether they are `programmed`, or else `refused`.',
      shares(gateways, 'programmed'),
    ),
    gauge('daemun_listeners', 'Listeners, likewise.', shares(listeners, 'programmed')),
    gauge('daemun_routes', 'Routes, by whether all parents that are ours `accepted` them.', shares(routes, 'accepted')),
  ];
}

function shares({ well, all }: Share, state: string): MetricFamily['samples'] {
  return [
    { labels: { state }, value: well },
    { labels: { state: 'refused' }, value: all - well },
  ];
}

function gauge(name: string, help: string, samples: MetricFamily['samples']): MetricFamily {
  return { name, help, type: 'gauge', samples };
}
