// SPDX-License-Identifier: Apache-2.0

import type { AccessLogLine } from './access-log-fields.ts';

/** A connection whose bytes were passed on as they came, or the datagrams of one client, when it is over. */
export interface LoggedStream {
  readonly clientAddress: string;
  /** Of the client of a Service, '' where it is not known; else null. */
  readonly clientNamespace: string | null;
  /** `namespace/name`. */
  readonly gateway: string;
  /** `namespace/gateway/listener`. */
  readonly listener: string;
  /** What the client asked for (SNI), as it sent it; null: nothing. */
  readonly serverName: string | null;
  readonly protocol: 'tcp' | 'tls' | 'udp';
  /** null: no rule took it. */
  readonly rule: { readonly route: string; readonly ruleName: string } | null;
  /** `address:port` of the last try; null: none was reached. */
  readonly endpoint: string | null;
  /** Tries at endpoints. */
  readonly attempts: number;
  /** Of that, how long it waited for a connection to one. */
  readonly waitedMs: number;
  readonly durationMs: number;
  /** From the client, and to it. */
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** null: it ended as it should. */
  readonly reason: string | null;
}

/** Its line. What only requests have is null. */
export function streamLine(stream: LoggedStream, wallMs: number): AccessLogLine {
  return {
    time: new Date(wallMs).toISOString(),
    client: stream.clientAddress,
    client_namespace: stream.clientNamespace,
    gateway: stream.gateway,
    listener: stream.listener,
    authority: stream.serverName,
    protocol: stream.protocol,
    method: null,
    path: null,
    route: stream.rule?.route ?? null,
    rule: stream.rule?.ruleName ?? null,
    endpoint: stream.endpoint,
    attempts: stream.attempts,
    waited_ms: stream.waitedMs,
    grpc_status: null,
    http_status: null,
    duration_ms: Math.round(stream.durationMs * 100) / 100,
    bytes_received: stream.bytesReceived,
    bytes_sent: stream.bytesSent,
    request_id: null,
    trace_id: null,
    user_agent: null,
    client_certificate: null,
    reason: stream.reason,
  };
}
