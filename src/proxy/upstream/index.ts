// SPDX-License-Identifier: Apache-2.0

/**
 * Endpoints as one worker sees them: pools, lanes and connections, who is picked, who waits, who is ejected.
 * In: clusters and endpoints of the snapshot, requests that want a stream. Out: streams, and what became of endpoints.
 * Never: what a request says.
 */
export { ClusterPool } from './cluster-pool.ts';
export type { ConnectFailure } from './connect-failure.ts';
export { type ConnectionEnvironment, type ConnectionTarget, dialTcp } from './connection-environment.ts';
export { EndpointBudget } from './endpoint-budget.ts';
export { endpointKey } from './endpoint-key.ts';
export { EndpointPool } from './endpoint-pool.ts';
export { hashText } from './hash-text.ts';
export type { ReachChange } from './reach-change.ts';
export { ResumableSession } from './resumable-session.ts';
export type { RetryReason } from './retry-reason.ts';
export type { ShownEndpoint } from './shown-endpoints.ts';
export { StreamDial, type StreamDialOwner } from './stream-dial.ts';
export { isOwnLimit, verdictOn, verdictOnStatus } from './stream-verdict.ts';
export { HANDSHAKE_RESULTS, type HandshakeResult, type TlsClient } from './tls-client.ts';
export { TlsClients } from './tls-clients.ts';
export { type ConnectionOwner, UpstreamConnection } from './upstream-connection.ts';
export { UpstreamMetrics } from './upstream-metrics.ts';
export { UpstreamPools } from './upstream-pools.ts';
export type { OpenFailure, UpstreamEndpoint, UpstreamRequest } from './upstream-request.ts';
export type { Health } from './usable-endpoints.ts';
export { type CallOwner, type WholeAnswer, WholeCall, type WholeRequest } from './whole-call.ts';
