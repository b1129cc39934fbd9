// SPDX-License-Identifier: Apache-2.0

import type { Cluster } from './cluster.ts';

/** A cluster for tests: HTTP/2 in cleartext, endpoints as published. The one place that lists all fields of a cluster. */
export function sampleCluster(id: string, changes: Partial<Cluster> = {}): Cluster {
  return {
    id,
    protocol: 'h2',
    tls: null,
    proxyProtocol: null,
    balancer: { kind: 'round-robin' },
    healthCheck: null,
    discovery: { kind: 'published' },
    // Longer than a busy machine takes. Who wants it to pass has a clock of its own.
    connectTimeoutMs: 60_000,
    onlyNode: null,
    retryConstraint: null,
    maxPendingRequests: 1_024,
    ...changes,
  };
}
