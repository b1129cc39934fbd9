// SPDX-License-Identifier: Apache-2.0

/** Upper bounds in seconds, the Prometheus client libraries' defaults; `+Inf` is implied. */
export const HISTOGRAM_BOUNDS_SECONDS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Family {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
}

/** Every family that a worker may write. A name that is missing here does not compile. */
export const FAMILIES = {
  grpc_server_started_total: { type: 'counter', help: 'RPCs started.' },
  grpc_server_handled_total: { type: 'counter', help: 'RPCs completed, whatever the outcome.' },
  grpc_server_msg_received_total: { type: 'counter', help: 'Messages received from clients.' },
  grpc_server_msg_sent_total: { type: 'counter', help: 'Messages sent to clients.' },
  grpc_server_handling_seconds: { type: 'histogram', help: 'Time from the request head to the end of the response.' },
  http_server_request_duration_seconds: {
    type: 'histogram',
    help: 'Time from the request head to the end of the response, of requests that are not gRPC.',
  },
  daemun_downstream_connections: { type: 'gauge', help: 'Open client connections.' },
  daemun_downstream_connections_total: { type: 'counter', help: 'Client connections accepted.' },
  daemun_downstream_requests_active: { type: 'gauge', help: 'Requests in progress.' },
  daemun_downstream_received_bytes_total: { type: 'counter', help: 'Bytes read from clients.' },
  daemun_downstream_sent_bytes_total: { type: 'counter', help: 'Bytes written to clients.' },
  daemun_downstream_refused_total: {
    type: 'counter',
    help: 'Connections that spoke another protocol than their port.',
  },
  daemun_downstream_protocol_errors_total: {
    type: 'counter',
    help: 'Connections ended for an HTTP/2 error, by error code.',
  },
  daemun_route_requests_total: { type: 'counter', help: 'Requests that a rule took, by gRPC status.' },
  daemun_limit_hits_total: { type: 'counter', help: 'Times that a limit of the data plane acted.' },
  daemun_tls_handshakes_total: { type: 'counter', help: 'TLS handshakes with clients, by result.' },
  daemun_mirror_requests_total: { type: 'counter', help: 'Mirrored requests, by outcome.' },
  daemun_upstream_connections: { type: 'gauge', help: 'Open connections to endpoints.' },
  daemun_upstream_requests_pending: { type: 'gauge', help: 'Requests that wait for a connection.' },
  daemun_upstream_connect_failures_total: { type: 'counter', help: 'Connects to endpoints that failed or timed out.' },
  daemun_upstream_ejections_total: { type: 'counter', help: 'Endpoints taken out after failures in a row.' },
  daemun_upstream_health_check_transitions_total: { type: 'counter', help: 'Changes of health check verdicts.' },
  daemun_upstream_endpoints: { type: 'gauge', help: 'Endpoints by state.' },
  daemun_upstream_retries_total: { type: 'counter', help: 'Requests tried again elsewhere.' },
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof FAMILIES;
