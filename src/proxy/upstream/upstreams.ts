// SPDX-License-Identifier: Apache-2.0

import type { BalancerPolicy } from '../../snapshot/index.ts';
import type { UpstreamEndpoint } from './upstream-endpoint.ts';
import type { UpstreamRequest } from './upstream-request.ts';

export type { UpstreamEndpoint } from './upstream-endpoint.ts';

/** The clusters of one worker. */
export interface Upstreams {
  /**
   * Looked up when a rule is compiled, not per request: the object lives as long as the cluster's id is in the snapshot,
   * and stays usable (it answers `no_endpoint`) for requests that began before it left.
   */
  cluster(id: string): UpstreamCluster | undefined;
}

/** What a hash balancer keys on; null for balancers that need no hash. */
export type HashKey = Extract<BalancerPolicy, { kind: 'ring-hash' | 'maglev' }>['key'] | null;

/** One cluster as one worker sees it. Nothing here allocates when a connection is ready. */
export interface UpstreamCluster {
  readonly id: string;
  /** May change with a snapshot: read it per request. When set, requests carry `hashText` of it in `hash`. */
  readonly hashKey: HashKey;
  /**
   * Chooses an endpoint (per stream) and opens a stream on one of its connections. Calls `request` back, synchronously
   * when a connection is ready. O(1) then; no promise, closure, Map or timer.
   */
  open(request: UpstreamRequest): void;
  /** Forgets a request that still waits for a connection; nothing is called back. No effect on others. O(1). */
  cancel(request: UpstreamRequest): void;
  /**
   * Exactly once per `onOpen`, when the stream is over. `failed`: the endpoint did not do its work (reset by connection or
   * protocol, refused, gateway-class HTTP status 502/503/504 or no answer in time); an application's own error is `ok`,
   * and so is a stream that the client gave up.
   */
  done(endpoint: UpstreamEndpoint, outcome: 'ok' | 'failed'): void;
}
