// SPDX-License-Identifier: Apache-2.0

import type { RequestFailure } from './request-failure.ts';

/** Reasons for which requests fail that are the doing of the gateway: its limits, and what its configuration does not say. */
export const GATEWAY_FAILURES = {
  drain_timeout: {
    source: 'internal',
    retryable: false,
    httpStatus: 503,
    grpcStatus: 14,
    summary: 'the gateway ended, or the listener was removed, and the request outlasted the time to drain',
    help: 'allow more with --drain-timeout, or shorten the longest streams',
  },
  overload: {
    source: 'internal',
    retryable: true,
    httpStatus: 503,
    grpcStatus: 8,
    summary:
      'too many requests wait for a connection to the backend; of a stream: the cap of connections is reached, and it is new or half over',
    help: 'add endpoints, or find out why they are slow; of a stream: raise the limit of open files, or add workers or replicas',
  },
  upgrade_limit: {
    source: 'internal',
    retryable: true,
    httpStatus: 503,
    grpcStatus: 8,
    summary:
      'the request asks for an upgrade, such as a WebSocket, and the cap of connections is reached; or it has one that is half over, which made room for others',
    help: 'raise the limit of open files, or add workers or replicas',
  },
  invalid_kind: {
    source: 'internal',
    retryable: false,
    httpStatus: 500,
    grpcStatus: 14,
    summary: 'the backend is of a kind that is not supported',
    help: 'refer to a Service or an XBackend',
  },
  backend_not_found: {
    source: 'internal',
    retryable: false,
    httpStatus: 500,
    grpcStatus: 14,
    summary: 'the backend, or its port, does not exist',
    help: 'create it, or correct the backendRef',
  },
  ref_not_permitted: {
    source: 'internal',
    retryable: false,
    httpStatus: 500,
    grpcStatus: 14,
    summary: 'no ReferenceGrant permits the reference to the backend',
    help: 'create the ReferenceGrant that `daemun check` spells out',
  },
  unsupported_protocol: {
    source: 'internal',
    retryable: false,
    httpStatus: 500,
    grpcStatus: 14,
    summary: "the appProtocol of the backend's port does not carry what the route is for",
    help: 'set appProtocol: kubernetes.io/h2c, or leave it out',
  },
  backend_untrusted: {
    source: 'internal',
    retryable: false,
    httpStatus: 500,
    grpcStatus: 14,
    summary: 'the backend must be spoken to in TLS, and its BackendTLSPolicy cannot be used',
    help: 'see what `daemun check` says of the policy: a CA certificate is missing, say',
  },
  no_backend: {
    source: 'internal',
    retryable: false,
    httpStatus: 500,
    grpcStatus: 14,
    summary: 'the rule has no backendRefs',
    help: 'add backendRefs',
  },
  no_weight: {
    source: 'internal',
    retryable: false,
    httpStatus: 500,
    grpcStatus: 14,
    summary: 'all backends of the rule have weight 0',
    help: 'give at least one a weight above 0',
  },
  request_loop: {
    source: 'internal',
    retryable: false,
    httpStatus: 508,
    grpcStatus: 13,
    summary:
      'the request came through more than 32 proxies, as its `x-forwarded-for` or `cdn-loop` says: some send to each other, or one to itself; a stream or datagram came from this gateway eight times in a row',
    help: 'see whose address the endpoints of the rule have; `daemun check` says where they are the Gateway itself',
  },
  filter_unresolved: {
    source: 'internal',
    retryable: false,
    httpStatus: 500,
    grpcStatus: 14,
    summary: 'a filter of the rule cannot be resolved',
    help: 'remove the filter',
  },
} as const satisfies Record<string, RequestFailure>;
