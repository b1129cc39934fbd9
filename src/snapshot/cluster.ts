// SPDX-License-Identifier: Apache-2.0

import type { BackendTls } from './backend-tls.ts';

/** One backend port, and what is spoken to it. */
export interface Cluster {
  /**
   * `namespace/service:port`, the protocol behind it (`/h1`) unless that is `h2`, then `/tls` if it has, and whose client certificate is shown, then
   * `/local` if endpoints of one node alone count: routes of several kinds, and several Gateways, may use one port.
   */
  readonly id: string;
  /**
   * `h1`: HTTP/1.1. `h2`: HTTP/2, in cleartext by prior knowledge, in TLS by ALPN. `tcp`, `udp`: whatever a client sends; each has a
   * connection, or a flow of datagrams, of its own.
   */
  readonly protocol: 'h1' | 'h2' | 'tcp' | 'udp';
  /** null: cleartext. */
  readonly tls: BackendTls | null;
  /** The node whose endpoints alone are among those published, for the Service is for clients of their own node; null: those of all nodes are. */
  readonly onlyNode: string | null;
  /**
   * Said before all else on each connection: the client's addresses where it carries one stream, and that the gateway speaks for itself
   * where it carries requests of many clients. null: nothing. Not of `udp`.
   */
  readonly proxyProtocol: 'v1' | 'v2' | null;
  readonly balancer: BalancerPolicy;
  /** null: endpoints are taken as they are published. For `h2` only. */
  readonly healthCheck: GrpcHealthCheck | null;
  /** Where endpoints come from: published with the snapshot, or resolved by the data plane. */
  readonly discovery: { readonly kind: 'published' } | { readonly kind: 'dns'; readonly targets: readonly DnsTarget[] };
  readonly connectTimeoutMs: number;
  /** null: the data plane allows what it thinks fit. */
  readonly retryConstraint: RetryConstraint | null;
  /** Requests that wait for a connection, at most, per worker. Over it: RESOURCE_EXHAUSTED. */
  readonly maxPendingRequests: number;
}

/**
 * How many of a cluster's requests may be tried again (GEP-3388), in each worker by itself. A try that would be over is not made:
 * the client gets 503 or UNAVAILABLE.
 */
export interface RetryConstraint {
  /** Of the requests that began in the last `intervalMs`: 0 to 100. */
  readonly percent: number;
  readonly intervalMs: number;
  /** So many tries in `minIntervalMs` are made whatever the share. */
  readonly minRetries: number;
  readonly minIntervalMs: number;
}

export type BalancerPolicy =
  | { readonly kind: 'round-robin' }
  | { readonly kind: 'least-request' }
  | { readonly kind: 'random' }
  /** `ring` hash or `maglev`, keyed by a request header (first value), else by the client's address. */
  | {
      readonly kind: 'ring-hash' | 'maglev';
      readonly key: { readonly kind: 'header'; readonly name: string } | { readonly kind: 'source-ip' };
    };

/** grpc.health.v1 Health/Check (gRPC health checking protocol). UNIMPLEMENTED counts as unhealthy, as in Envoy. */
export interface GrpcHealthCheck {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Successes in a row that make an unhealthy endpoint healthy; the first result counts at once. */
  readonly healthyThreshold: number;
  /** Failures in a row that make a healthy endpoint unhealthy. */
  readonly unhealthyThreshold: number;
  /** `HealthCheckRequest.service`; '' asks for the server as a whole. */
  readonly service: string;
}

export interface DnsTarget {
  readonly host: string;
  readonly port: number;
}
