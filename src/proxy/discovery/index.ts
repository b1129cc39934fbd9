// SPDX-License-Identifier: Apache-2.0

/**
 * What the main thread finds out of endpoints, for all workers: their addresses by DNS, and whether they are healthy.
 * In: the snapshot. Out: a snapshot with resolved endpoints, verdicts, log lines. Never: a request.
 */
export { DnsDiscovery, type UnresolvedName } from './dns.ts';
export { type ClusterReadiness, EndpointMetrics } from './endpoint-metrics.ts';
export { GrpcHealthProbe } from './grpc-health-probe.ts';
export { HealthChecker } from './health-checker.ts';
export { elsewhere, type HostResolver, type Resolution, systemResolver } from './host-resolver.ts';
export { ReachLog } from './reach-log.ts';
export { withResolvedEndpoints } from './resolved-snapshot.ts';
