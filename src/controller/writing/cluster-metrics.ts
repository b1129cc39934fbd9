// SPDX-License-Identifier: Apache-2.0
import type { MetricFamily } from '../../admin/index.ts';
import type { ClusterHealthReport, RequestCount } from '../../store/index.ts';
import type { WriterState } from './writer-state.ts';

/** As whom a cluster is followed, and how. */
interface FollowedCluster extends Pick<ClusterHealthReport, 'denied'> {
  readonly controllerName: string;
  readonly staleMs: number;
}

/** What `/metrics` says of a gateway that follows a cluster. */
export function clusterMetrics(
  requests: readonly RequestCount[],
  { isLeading, leaseTrouble, writesDue, refused, refusals }: WriterState,
  { controllerName, denied, staleMs }: FollowedCluster,
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
      help: '1 in the process that writes the statuses of a controller name, 0 in the others.',
      type: 'gauge',
      samples: [{ labels: { controller: controllerName }, value: isLeading ? 1 : 0 }],
    },
    {
      name: 'daemun_kubernetes_stale_seconds',
      help: 'For how long nothing was learned of the cluster, because the API server fails or, since this process started, has not told everything; 0 while it is followed.',
      type: 'gauge',
      samples: [{ labels: {}, value: staleMs / 1_000 }],
    },
    {
      name: 'daemun_kubernetes_denied_kinds',
      help: 'Kinds that may not be read: what was read of them before is served on.',
      type: 'gauge',
      samples: [{ labels: {}, value: denied.length }],
    },
    {
      name: 'daemun_kubernetes_lease_failing',
      help: '1 while the Lease that says who writes can be neither read nor written, else 0.',
      type: 'gauge',
      samples: [{ labels: {}, value: leaseTrouble === null ? 0 : 1 }],
    },
    {
      name: 'daemun_kubernetes_writes_refused',
      help: 'Objects, or kinds, of which the API server does not take what should be written; it is tried again every minute.',
      type: 'gauge',
      samples: Object.entries(refused).map(([queue, writes]) => ({ labels: { queue }, value: writes.length })),
    },
    {
      name: 'daemun_kubernetes_refusals_total',
      help: 'Writes that the API server did not take.',
      type: 'counter',
      samples: Object.entries(refusals).map(([queue, value]) => ({ labels: { queue }, value })),
    },
    {
      name: 'daemun_kubernetes_writes_due',
      help: 'Writes to the API server that wait or are under way: `statuses`, `objects` that daemun owns, `events`.',
      type: 'gauge',
      samples: Object.entries(writesDue).map(([queue, value]) => ({ labels: { queue }, value })),
    },
  ];
}
