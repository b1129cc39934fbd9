// SPDX-License-Identifier: Apache-2.0

/** Whose doing a failed request is. */
export type FailureSource = 'downstream' | 'upstream' | 'internal';

/** What is known of a reason for which a request fails; what the client is told and how it is logged follow from it. */
export interface RequestFailure {
  readonly source: FailureSource;
  /** True when the request cannot have reached an endpoint, and another one, or a later try, may do better. */
  readonly retryable: boolean;
  /** What a client that does not speak gRPC is told. */
  readonly httpStatus: number;
  /** What a gRPC client is told, or makes of what it is told (421 is UNKNOWN); 1: nobody is there to be told. */
  readonly grpcStatus: number;
  readonly summary: string;
  readonly help: string;
}

/** The reasons that access log lines and metrics give for requests that were not answered by an endpoint. */
export const REQUEST_FAILURES = {
  no_route: {
    source: 'downstream',
    retryable: false,
    httpStatus: 404,
    grpcStatus: 12,
    summary: 'no rule of the listener takes the request',
    help: 'ask `daemun explain` which rules were tried',
  },
  no_route_for_host: {
    source: 'downstream',
    retryable: false,
    httpStatus: 404,
    grpcStatus: 12,
    summary: 'the listener has routes, and none of them is for the host',
    help: 'call a host of a route (`:authority` in gRPC), or add the host to the hostnames of one',
  },
  grpc_web: {
    source: 'downstream',
    retryable: false,
    httpStatus: 415,
    grpcStatus: 12,
    summary: 'the request is gRPC-Web, and no rule takes it',
    help: 'call with a gRPC client, or put a proxy that translates gRPC-Web in front',
  },
  no_listener: {
    source: 'downstream',
    retryable: false,
    httpStatus: 404,
    grpcStatus: 12,
    summary: 'no listener of the port takes the host',
    help: 'add a listener for the host, or call a host that is served',
  },
  no_host: {
    source: 'downstream',
    retryable: false,
    httpStatus: 400,
    grpcStatus: 13,
    summary: 'the request has neither :authority nor host',
    help: 'look what stands between: every client sends one',
  },
  invalid_path: {
    source: 'downstream',
    retryable: false,
    httpStatus: 400,
    grpcStatus: 12,
    summary: 'the path of a gRPC request is not /service/method, or that of another request could be read in two ways',
    help: 'call a gRPC method by its plain name; send no hidden dot segments, backslashes, fragments or broken percent-encoding',
  },
  misdirected: {
    source: 'downstream',
    retryable: false,
    httpStatus: 421,
    grpcStatus: 2,
    summary: "the TLS connection was opened for another host than the request's",
    help: 'open a connection with the host as its server name',
  },
  client_cancelled: {
    source: 'downstream',
    retryable: false,
    httpStatus: 499,
    grpcStatus: 1,
    summary: 'the client gave up, or its connection broke',
    help: 'nothing needs to be done',
  },
  client_protocol: {
    source: 'downstream',
    retryable: false,
    httpStatus: 400,
    grpcStatus: 13,
    summary: 'the client broke HTTP/2 on the stream or the connection; nothing of it is the doing of an endpoint',
    help: 'look at the client: a body that contradicts its content-length, frames out of order',
  },
  malformed_request: {
    source: 'downstream',
    retryable: false,
    httpStatus: 400,
    grpcStatus: 13,
    summary: 'the head of the request breaks HTTP/2; the stream was reset before it was looked at',
    help: 'look at the client, or at a proxy before it',
  },
  header_limit: {
    source: 'downstream',
    retryable: false,
    httpStatus: 431,
    grpcStatus: 8,
    summary: 'the headers of the request are larger than the limit',
    help: 'send less metadata; trying again does not help',
  },
  drain_timeout: {
    source: 'internal',
    retryable: false,
    httpStatus: 503,
    grpcStatus: 14,
    summary: 'the gateway ended, or the listener was removed, and the request outlasted the time to drain',
    help: 'allow more with --drain-timeout, or shorten the longest streams',
  },
  buffer_limit: {
    source: 'downstream',
    retryable: false,
    httpStatus: 503,
    grpcStatus: 8,
    summary: 'too much data was waiting for a slow reader or writer',
    help: 'read and write at the pace of the other side',
  },
  deadline: {
    source: 'downstream',
    retryable: false,
    httpStatus: 504,
    grpcStatus: 4,
    summary: 'the deadline of the call (`grpc-timeout`) passed',
    help: 'look for the slow backend, or let the client allow more time',
  },
  route_timeout: {
    source: 'upstream',
    retryable: false,
    httpStatus: 504,
    grpcStatus: 4,
    summary: "the route's timeout passed; a DEADLINE_EXCEEDED without a reason is the endpoint's own",
    help: 'look for the slow backend, or allow more time in the route',
  },
  stream_stalled: {
    source: 'downstream',
    retryable: false,
    httpStatus: 408,
    grpcStatus: 4,
    summary: 'for 5 minutes the rest of the request did not come, or one side did not take what it was sent',
    help: 'look why the client stopped sending, or which side stopped reading',
  },
  stream_idle: {
    source: 'downstream',
    retryable: true,
    httpStatus: 504,
    grpcStatus: 14,
    summary: 'nothing was sent on the stream for an hour, in either direction',
    help: 'open the stream again; streams that must stay open longer send a message now and then',
  },
  overload: {
    source: 'internal',
    retryable: true,
    httpStatus: 503,
    grpcStatus: 8,
    summary: 'too many requests wait for a connection to the backend',
    help: 'add endpoints, or find out why they are slow',
  },
  upgrade_limit: {
    source: 'internal',
    retryable: true,
    httpStatus: 503,
    grpcStatus: 8,
    summary: 'the request asks for an upgrade, such as a WebSocket, and the cap of connections is reached',
    help: 'raise the limit of open files, or add workers or replicas',
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
  upstream_reset: {
    source: 'upstream',
    retryable: false,
    httpStatus: 503,
    grpcStatus: 14,
    summary: 'an endpoint ended the call before it answered',
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
  invalid_kind: {
    source: 'internal',
    retryable: false,
    httpStatus: 500,
    grpcStatus: 14,
    summary: 'the backend is of a kind that is not supported',
    help: 'refer to a Service',
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
  auth_denied: {
    source: 'downstream',
    retryable: false,
    httpStatus: 403,
    grpcStatus: 7,
    summary: 'the authorization server said no; status, headers and body are its own where it gave some',
    help: 'look into its log; `daemun explain` names it among the filters of the rule',
  },
  auth_failed: {
    source: 'upstream',
    retryable: true,
    httpStatus: 503,
    grpcStatus: 14,
    summary: 'the authorization server gave no answer, or none that can be read: without its yes nothing passes',
    help: 'look whether it runs and speaks the protocol of the filter; the message names what happened',
  },
  auth_body_limit: {
    source: 'downstream',
    retryable: false,
    httpStatus: 413,
    grpcStatus: 8,
    summary: 'the body is larger than the authorization server may be told',
    help: 'send less, or allow more with forwardBody.maxSize of the filter',
  },
  filter_not_served: {
    source: 'internal',
    retryable: false,
    httpStatus: 500,
    grpcStatus: 14,
    summary: 'a filter of the rule is not served by this version',
    help: 'remove the filter',
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

/** The `domain` of a `google.rpc.ErrorInfo` whose `reason` is one of these. */
export const FAILURE_DOMAIN = 'daemun.dev';

export type RequestFailureReason = keyof typeof REQUEST_FAILURES;
