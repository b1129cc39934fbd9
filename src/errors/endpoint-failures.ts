// SPDX-License-Identifier: Apache-2.0

import type { RequestFailure } from './request-failure.ts';

/** Reasons for which requests fail that are the doing of an endpoint, or of a server that a filter asks. */
export const ENDPOINT_FAILURES = {
  route_timeout: {
    source: 'upstream',
    retryable: false,
    httpStatus: 504,
    grpcStatus: 4,
    summary: "the route's timeout passed; a DEADLINE_EXCEEDED without a reason is the endpoint's own",
    help: 'look for the slow backend, or allow more time in the route',
  },
  backend_timeout: {
    source: 'upstream',
    retryable: false,
    httpStatus: 504,
    grpcStatus: 4,
    summary: 'an endpoint did not begin its answer within the timeout of a try (`backendRequest`)',
    help: 'look for the slow backend, or allow more time in the route',
  },
  retry_budget: {
    source: 'upstream',
    retryable: false,
    httpStatus: 503,
    grpcStatus: 14,
    summary: 'an endpoint failed, and the retry budget of an XBackendTrafficPolicy allows no further try',
    help: 'find out why the endpoints fail; raise the budget of the policy only if they stand more',
  },
  upgrade_not_taken: {
    source: 'upstream',
    retryable: false,
    httpStatus: 501,
    grpcStatus: 12,
    summary:
      'the request asks for an upgrade, such as a WebSocket, and the endpoint speaks HTTP/2 without extended CONNECT',
    help: 'set appProtocol: kubernetes.io/ws where the port of the Service speaks HTTP/1.1, or let the backend allow extended CONNECT (RFC 8441)',
  },
  no_endpoint: {
    source: 'upstream',
    retryable: false,
    httpStatus: 503,
    grpcStatus: 14,
    summary: 'the backend has no ready endpoint',
    help: 'start one, or look why its health check fails',
  },
  connect_failure: {
    source: 'upstream',
    retryable: true,
    httpStatus: 503,
    grpcStatus: 14,
    summary: 'no connection to an endpoint could be made',
    help: 'look whether it listens on the address and port of its EndpointSlice',
  },
  connect_timeout: {
    source: 'upstream',
    retryable: true,
    httpStatus: 503,
    grpcStatus: 14,
    summary: 'an endpoint did not take a connection in time',
    help: 'look for a firewall, or a wrong address',
  },
  tls_failure: {
    source: 'upstream',
    retryable: true,
    httpStatus: 503,
    grpcStatus: 14,
    summary:
      'an endpoint took the connection, and no TLS came of it: its certificate is not trusted, say, or for other names',
    help: 'look what the message says; `daemun proxy-config cluster` shows whom the BackendTLSPolicy wants to see',
  },
  upstream_reset: {
    source: 'upstream',
    retryable: false,
    httpStatus: 503,
    grpcStatus: 14,
    summary:
      'an endpoint ended the call before it answered; a call that it reset with CANCEL is told as CANCELLED (1), with ENHANCE_YOUR_CALM as RESOURCE_EXHAUSTED (8), as gRPC clients read these',
    help: 'look into its log',
  },
  upstream_protocol: {
    source: 'upstream',
    retryable: false,
    httpStatus: 502,
    grpcStatus: 13,
    summary: 'an endpoint broke the protocol',
    help: 'look what the port speaks: HTTPRoutes expect HTTP/1.1, or HTTP/2 where the port of the Service has appProtocol kubernetes.io/h2c; GRPCRoutes expect gRPC',
  },
  response_too_large: {
    source: 'upstream',
    retryable: false,
    httpStatus: 502,
    grpcStatus: 13,
    summary: 'the header list or the trailers of the answer are larger than the limit',
    help: 'let the backend send less metadata; trying again does not help',
  },
  auth_failed: {
    source: 'upstream',
    retryable: true,
    httpStatus: 503,
    grpcStatus: 14,
    summary: 'the authorization server gave no answer, or none that can be read: without its yes nothing passes',
    help: 'look whether it runs and speaks the protocol of the filter; the message names what happened',
  },
} as const satisfies Record<string, RequestFailure>;
