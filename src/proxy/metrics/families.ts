// SPDX-License-Identifier: Apache-2.0

/** Upper bounds in seconds, the Prometheus client libraries' defaults; `+Inf` is implied. */
export const HISTOGRAM_BOUNDS_SECONDS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** As many as above, in bytes: from a short message to what is no message any more. */
export const HISTOGRAM_BOUNDS_BYTES: readonly number[] = HISTOGRAM_BOUNDS_SECONDS.map((_, at) => 256 * 4 ** at);

interface Family {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Every series has exactly these; what they mean is in `LABELS`. */
  readonly labels: readonly (keyof typeof LABELS)[];
}

/** What the labels mean, for the documentation. */
export const LABELS = {
  gateway:
    '`namespace/name`; at the port of a Service `Service/namespace/name:port`; empty: no listener took the request',
  frontend: 'the port of a Service: `namespace/name:port`',
  client_namespace: 'of the Pod that asks, or of its address; empty: not known',
  grpc_type: '`unary`, `client_stream`, `server_stream`, `bidi_stream`; `unknown` where methods are counted together',
  grpc_service: '`package.Service`; `other`: not named by the configuration, nor answered by an endpoint',
  grpc_method: 'as `grpc_service`',
  grpc_code: 'status as Prometheus rules for gRPC spell it: `OK`, `NotFound` …',
  http_request_method: 'a method of RFC 9110; `_OTHER`: any other',
  http_response_status_code: 'status; 499: the client left before there was one',
  url_scheme: '`http`, `https`',
  kind: 'of the route, such as `GRPCRoute`; empty: no rule took the request',
  binding: '`ADDRESS:PORT/tcp`, `…/udp`',
  protocol: 'what the connection spoke: `tls`',
  error: 'HTTP/2 error code: `PROTOCOL_ERROR`, `ENHANCE_YOUR_CALM` …; of HTTP/1.1 `protocol`',
  route: '`namespace/name` of the route; empty: no rule took the request',
  rule: "the rule's name, else its index; empty: no rule took the request",
  code: 'of a gRPC call as `grpc_code`, of another request as `http_response_status_code`',
  reason: 'why it failed, or was tried again: see [errors.md](errors.md#requests-that-an-endpoint-did-not-answer)',
  source: 'whose doing: `downstream` (the client), `upstream` (the endpoint), `internal` (daemun or its configuration)',
  limit: 'the limit that acted',
  result:
    "how the handshake ended: `ok`, `resumed`, `passed` (it is the backend's), `failed`, `timeout`, `unrecognized_name`, `no_certificate`, `unproven` (no client certificate that the listener takes), `not_tls`",
  outcome:
    'of a mirror: `answered`, `reset`, `timeout`, `overflow`, `cancelled`, `not_opened`; of a question: `allowed`, `denied`, `failed`, `cancelled`; of a PROXY header: `absent`, `malformed`, `timeout`, `closed`; of spans: `exported`, `rejected` (the collector took the call without them), `refused` (it did not), `undelivered` (no answer, five times), `queue_full`, `too_large`',
  cluster:
    '`namespace/service:port`, with `/h1` where HTTP/1.1 is spoken to it, `/tls` where in TLS, and `/local` where endpoints on the node alone count',
  to: 'the new verdict: `healthy`, `unhealthy`',
  state: '`ready`, `draining`, and with health checks `unhealthy`, `unchecked`',
} as const;

const HTTP_REQUEST = ['gateway', 'http_request_method', 'url_scheme'] as const;
const METHOD = ['gateway', 'grpc_type', 'grpc_service', 'grpc_method'] as const;

/** Every family that a worker may write. A name or label that is missing here does not compile. */
export const FAMILIES = {
  grpc_server_started_total: { type: 'counter', help: 'RPCs started.', labels: METHOD },
  grpc_server_handled_total: {
    type: 'counter',
    help: 'RPCs completed, whatever the outcome.',
    labels: [...METHOD, 'grpc_code'],
  },
  grpc_server_msg_received_total: { type: 'counter', help: 'Messages received from clients.', labels: METHOD },
  grpc_server_msg_sent_total: {
    type: 'counter',
    help: 'Messages received from endpoints for clients.',
    labels: METHOD,
  },
  grpc_server_handling_seconds: {
    type: 'histogram',
    help: 'Time from the request head to the end of the response.',
    labels: METHOD,
  },
  http_server_request_duration_seconds: {
    type: 'histogram',
    help: 'Time from the request head to the end of the response, of requests that are not gRPC.',
    labels: [...HTTP_REQUEST, 'http_response_status_code'],
  },
  http_server_request_body_size_bytes: {
    type: 'histogram',
    help: 'Bytes of the bodies of requests that are not gRPC, as far as they came.',
    labels: [...HTTP_REQUEST, 'http_response_status_code'],
  },
  http_server_response_body_size_bytes: {
    type: 'histogram',
    help: 'Bytes of the bodies that endpoints sent in answer to requests that are not gRPC.',
    labels: [...HTTP_REQUEST, 'http_response_status_code'],
  },
  http_server_active_requests: {
    type: 'gauge',
    help: 'Requests in progress that are not gRPC.',
    labels: HTTP_REQUEST,
  },
  daemun_downstream_connections: { type: 'gauge', help: 'Open client connections.', labels: ['binding'] },
  daemun_downstream_connections_max: {
    type: 'gauge',
    help: 'Client connections that may be open, by descriptors.',
    labels: [],
  },
  daemun_downstream_connections_total: {
    type: 'counter',
    help: 'Client connections accepted.',
    labels: ['binding'],
  },
  daemun_downstream_requests_active: { type: 'gauge', help: 'Requests in progress.', labels: ['binding'] },
  daemun_downstream_tunnels: { type: 'gauge', help: 'Requests in progress whose upgrade was granted.', labels: [] },
  daemun_downstream_received_bytes_total: { type: 'counter', help: 'Bytes read from clients.', labels: ['binding'] },
  daemun_downstream_sent_bytes_total: { type: 'counter', help: 'Bytes written to clients.', labels: ['binding'] },
  daemun_streams: { type: 'gauge', help: 'Client connections whose bytes are passed on.', labels: ['binding'] },
  daemun_streams_total: { type: 'counter', help: 'Such connections that came.', labels: ['binding'] },
  daemun_stream_seconds_total: {
    type: 'counter',
    help: 'How long those that are over lasted, all together.',
    labels: ['binding'],
  },
  daemun_stream_failures_total: {
    type: 'counter',
    help: 'Such connections that did not end as they should, by reason.',
    labels: ['binding', 'reason', 'source'],
  },
  daemun_frontend_requests_total: {
    type: 'counter',
    help: 'Requests of clients of Services.',
    labels: ['binding', 'frontend', 'client_namespace'],
  },
  daemun_frontend_streams_total: {
    type: 'counter',
    help: 'Connections of clients of Services whose bytes are passed on.',
    labels: ['binding', 'frontend', 'client_namespace'],
  },
  daemun_proxy_headers_refused_total: {
    type: 'counter',
    help: 'Connections of load balancers that were closed because they did not say whose they are (PROXY protocol).',
    labels: ['outcome'],
  },
  daemun_udp_sessions: { type: 'gauge', help: 'Clients whose datagrams have an endpoint.', labels: ['binding'] },
  daemun_udp_sessions_total: { type: 'counter', help: 'Such clients that came.', labels: ['binding'] },
  daemun_udp_received_datagrams_total: { type: 'counter', help: 'Datagrams from clients.', labels: ['binding'] },
  daemun_udp_sent_datagrams_total: { type: 'counter', help: 'Datagrams to clients.', labels: ['binding'] },
  daemun_udp_dropped_datagrams_total: {
    type: 'counter',
    help: 'Datagrams that were not passed on, in either direction, by reason.',
    labels: ['binding', 'reason'],
  },
  daemun_downstream_refused_total: {
    type: 'counter',
    help: 'Connections that spoke another protocol than their port.',
    labels: ['protocol'],
  },
  daemun_downstream_protocol_errors_total: {
    type: 'counter',
    help: 'Connections ended because the client broke the rules of HTTP, by error.',
    labels: ['error'],
  },
  daemun_downstream_malformed_requests_total: {
    type: 'counter',
    help: 'Requests that were reset before they were looked at: their head broke the rules of HTTP.',
    labels: [],
  },
  daemun_route_requests_total: {
    type: 'counter',
    help: 'Requests that a rule took: `code` is the gRPC status of a call, such as `OK`, and the status of another request, such as `200`.',
    labels: ['kind', 'route', 'rule', 'code'],
  },
  daemun_request_failures_total: {
    type: 'counter',
    help: 'Requests that no endpoint answered to the end, by reason.',
    labels: ['kind', 'route', 'rule', 'reason', 'source'],
  },
  daemun_limit_hits_total: { type: 'counter', help: 'Times that a limit of the data plane acted.', labels: ['limit'] },
  daemun_tls_handshakes_total: { type: 'counter', help: 'TLS handshakes with clients, by result.', labels: ['result'] },
  daemun_external_auth_checks_total: {
    type: 'counter',
    help: 'Questions to authorization servers, by outcome.',
    labels: ['outcome'],
  },
  daemun_mirror_requests_total: { type: 'counter', help: 'Mirrored requests, by outcome.', labels: ['outcome'] },
  daemun_trace_spans_total: {
    type: 'counter',
    help: 'Spans of traced requests, by what became of them.',
    labels: ['cluster', 'outcome'],
  },
  daemun_upstream_connections: {
    type: 'gauge',
    help: 'Connections to endpoints, those that are being made or end included; not the one that health checks have to each.',
    labels: ['cluster'],
  },
  daemun_upstream_requests_pending: {
    type: 'gauge',
    help: 'Requests that wait for a connection.',
    labels: ['cluster'],
  },
  daemun_upstream_wait_seconds: {
    type: 'histogram',
    help: 'How long requests waited for a connection to an endpoint, of those that waited a millisecond at least.',
    labels: ['cluster'],
  },
  daemun_upstream_connect_failures_total: {
    type: 'counter',
    help: 'Connects to endpoints that failed or timed out.',
    labels: ['cluster'],
  },
  daemun_upstream_tls_handshakes_total: {
    type: 'counter',
    help: 'TLS handshakes with endpoints, by result.',
    labels: ['cluster', 'result'],
  },
  daemun_upstream_ejections_total: {
    type: 'counter',
    help: 'Endpoints taken out after failures in a row.',
    labels: ['cluster'],
  },
  daemun_upstream_health_check_transitions_total: {
    type: 'counter',
    help: 'Changes of health check verdicts.',
    labels: ['cluster', 'to'],
  },
  daemun_upstream_endpoints: { type: 'gauge', help: 'Endpoints by state.', labels: ['cluster', 'state'] },
  daemun_upstream_retries_total: {
    type: 'counter',
    help: 'Further tries of requests, by reason: `refused`, `connect_failure`, `connect_timeout`, `tls_failure`, `status`, `backend_timeout`.',
    labels: ['cluster', 'reason'],
  },
  daemun_metrics_dropped_series_total: {
    type: 'counter',
    help: 'Times that a new series found no room and was not counted.',
    labels: [],
  },
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof FAMILIES;

/** Families whose series are about one thing alone: they go when it goes. */
export function familiesAbout(label: 'binding' | 'cluster'): readonly FamilyName[] {
  const all: readonly [string, Family][] = Object.entries(FAMILIES);
  return all.flatMap(([name, { labels }]) => (labels.length === 1 && labels[0] === label ? [name as FamilyName] : []));
}

/** The upper bounds of a histogram. */
export function boundsOf(name: FamilyName): readonly number[] {
  return name.endsWith('_bytes') ? HISTOGRAM_BOUNDS_BYTES : HISTOGRAM_BOUNDS_SECONDS;
}

/** The labels of a series of `Name`, all of them. */
export type LabelsOf<Name extends FamilyName> = Readonly<Record<(typeof FAMILIES)[Name]['labels'][number], string>>;
