// SPDX-License-Identifier: Apache-2.0

/**
 * The built-in data plane. In: snapshots. Out: traffic, metrics, access log lines, a dump of what is held.
 * Never: Kubernetes objects, decisions about what should be routed where.
 */
export { DataPlane, type DataPlaneDump } from './data-plane.ts';
export type { DataPlaneOptions } from './data-plane-options.ts';
export {
  type ClusterReadiness,
  elsewhere,
  type HostResolver,
  type Resolution,
  systemResolver,
  type UnresolvedName,
} from './discovery/index.ts';
export type { SessionKey } from './filters/index.ts';
export {
  type KeyStore,
  MAX_RING_KEYS,
  RING_KEY_BYTES,
  ringKey,
} from './key-ring.ts';
export { certificateRefusal } from './listeners/index.ts';
export type { Log } from './log/index.ts';
export type { Histogram, MetricFamily, MetricSample } from './metrics/index.ts';
export { SnapshotRefused } from './workers/snapshot-refused.ts';
export { giveBackStart } from './workers/thread-heap.ts';
export { trialBind } from './workers/trial-bind.ts';
export type { ClusterDump, EndpointDump, WorkerDump } from './workers/worker-dump.ts';
export type { PlaneDrainReport, WorkerCount } from './workers/workers.ts';
