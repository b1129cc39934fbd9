// SPDX-License-Identifier: Apache-2.0
import type { MetricFamily } from '../admin/index.ts';
import type { RequestCount } from '../store/index.ts';
import type { WriterState } from './writer-state.ts';

/** What `/metrics` says of a gateway that follows a cluster. */
export function clusterMetrics(
  requests: readonly RequestCount[],
  { isLeading, writesDue }: WriterState,
  staleMs: number,
): readonly MetricFamily[] {
  return [
    {
      name: 'daemun_kubernetes_requests_total',
      help: 'Requests to the API server; a watch counts when it is answered, `none` is no answer.',
      type: 'counter',
      samples: requests.map(({ verb, code, count }) => ({ labels: { verb, code }, value: count })),
    },
    {
      name: 'daemun_kubernetes_leading',
      help: '1 in the process that writes statuses, 0 in the others.',
      type: 'gauge',
      samples: [{ labels: {}, value: isLeading ? 1 : 0 }],
    },
    {
      name: 'daemun_kubernetes_stale_seconds',
      help: 'For how long nothing was learned of the cluster, because the API server fails or, since this process started, has not told everything; 0 while it is followed.',
      type: 'gauge',
      samples: [{ labels: {}, value: staleMs / 1_000 }],
    },
    {
      name: 'daemun_kubernetes_writes_due',
      help: 'Writes to the API server that wait or are under way: `statuses`, `objects` that daemun owns, `events`.',
      type: 'gauge',
      samples: Object.entries(writesDue).map(([queue, value]) => ({ labels: { queue }, value })),
    },
  ];
}
