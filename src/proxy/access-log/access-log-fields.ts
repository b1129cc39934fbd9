// SPDX-License-Identifier: Apache-2.0

/** Every field of a line, in order, and what it means. The documentation is made of it. */
export const ACCESS_LOG_FIELDS = {
  time: 'when the request, the connection or the session ended, RFC 3339 in UTC',
  client: "the client's IP address; behind a proxy that the Gateway trusts, the one that it says",
  client_namespace: 'of the client of a Service, empty where it is not known; null: it asked a Gateway',
  gateway:
    '`namespace/name`; at the port of a Service `Service/namespace/name:port`; empty: no listener took the request',
  listener:
    '`namespace/gateway/listener`; at the port of a Service the same as above, and `/NAMESPACE` where it is for clients of that one alone; empty as above',
  authority:
    'as the client sent it, at most 512 characters, like every value that a client chooses; of a TLS connection that is passed on, the server name',
  protocol:
    'HTTP and its version, as the client speaks it (that of 1.0 is 1.1); `tcp`, `tls`: a connection whose bytes are passed on; `udp`: a session, all datagrams of one client. These have null where only requests have a value',
  method: 'HTTP method',
  path: '`/package.Service/Method`, or any other path with its query, as the client sent it',
  route: '`namespace/name` of the route, or of the Service whose bytes no route is for; null: no rule took the request',
  rule: "the rule's name, else its index; null as above",
  endpoint: '`address:port` of the last try; null: of a request none was reached; of what is passed on none was tried',
  attempts: 'tries at endpoints; 0: none was made, or waited for',
  waited_ms: 'of that, how long it waited for connections to endpoints; 0: there was one',
  grpc_status: 'what the call ended with, as metrics spell it; null: the request is not gRPC',
  http_status: 'what the client was told; 0: nothing before the end',
  duration_ms:
    'from the request head to the end of the response; of a connection to its end; of a session from the first datagram to the last',
  bytes_received: "bytes of the request's body, as far as they came; or all from the client",
  bytes_sent: "bytes of the response's body that were handed to the client's connection; or all to the client",
  request_id: '`x-request-id`: the one that came, else the one that was made',
  trace_id: 'id of the trace of the request, in hex (`traceparent`); null: it has none',
  user_agent: '`user-agent`',
  client_certificate:
    'subject of the certificate that the client of a request showed and that was verified; null: there is none, or it is not asked for',
  reason:
    'why no endpoint answered to the end, see [errors.md](errors.md#requests-that-an-endpoint-did-not-answer); null: one did',
} as const;

/** A line: every field, in this order. */
export type AccessLogLine = Readonly<Record<keyof typeof ACCESS_LOG_FIELDS, unknown>>;
