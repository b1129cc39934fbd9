// SPDX-License-Identifier: Apache-2.0

export type { MetricFamily } from '../admin/index.ts';
export type { Place } from '../translate/index.ts';
export type { Addressing } from './addresses/addressing.ts';
/**
 * The loop and the wiring: store → translate → publish → status. In: options. Out: a running gateway, or one offline
 * translation for tools. Never: policy; that is translation.
 */
export type { BundleFile } from './bundle/bundle-file.ts';
export { type BundleContents, parseBundleFiles, readClusterBundle } from './bundle/cluster-bundle.ts';
export { DEFAULT_DRAIN_TIMEOUT_MS, type GatewayOptions } from './gateway-options.ts';
export { readClusterReport } from './health/cluster-report.ts';
export type { Readiness, UnboundSocket } from './health/readiness.ts';
export { type Replica, reportOf, type StatusReport } from './health/report.ts';
export type { Counts, Share, StatusPage, StatusSource } from './health/status-page.ts';
export { DEFAULT_CONTROLLER_NAME, type KubernetesOptions } from './kubernetes-options.ts';
export {
  type ControllerLog,
  createLog,
  type GatewayLog,
  isLogLevel,
  LOG_LEVELS,
  type LogLevel,
} from './log/log.ts';
export { type FrontendSummary, summarizeFrontends } from './mesh/frontend-summary.ts';
export type { LoopbackMeshOptions } from './mesh/loopback-frontends.ts';
export type { MeshReport, ReportedFrontend } from './mesh/mesh-report.ts';
export { DEFAULT_MESH_PORTS, type NodeMeshOptions } from './mesh/node-mesh.ts';
export { loadOffline, type Offline, type OfflineOptions } from './offline.ts';
export { sharedKeysName } from './owned/owned-name.ts';
export { type ReadClusterOptions, readCluster } from './read-cluster.ts';
export type { RunningGateway } from './running-gateway.ts';
export { type ConfigDump, dumpConfig } from './shown/config-dump.ts';
export { type LocatedFinding, locateFindings } from './shown/located-finding.ts';
export { explainQuestion, parseQuestion } from './shown/question.ts';
export { listResources, type ResourceObject } from './shown/resource-view.ts';
export type { BoundListener, GatewaySummary, ListenerSummary } from './shown/summary.ts';
export type { Trouble, Troubles } from './shown/trouble.ts';
export type { View } from './shown/view.ts';
export type { StandaloneOptions } from './standalone-options.ts';
export { startKubernetes } from './start-kubernetes.ts';
export { startStandalone } from './start-standalone.ts';
export type { TryCall } from './try/try-call.ts';
export type { TryPlace } from './try/try-place.ts';
export type { TryRequest } from './try/try-request.ts';
export type { TryStream } from './try/try-stream.ts';
