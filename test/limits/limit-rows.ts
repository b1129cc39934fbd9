// SPDX-License-Identifier: Apache-2.0

/** What docs/limits.md says about each cap and timeout beside what the code says itself: its value and, mostly, its reason. */
export interface LimitRow {
  /** `FOLDER#NAME` below src, or `FOLDER/FILE#NAME` where there are two; NAME is a constant, or `OBJECT.field`. */
  readonly limit: string;
  /** What happens over it. */
  readonly over: string;
  /** Value of the label `limit` of `daemun_limit_hits_total`, or a metric of its own. */
  readonly metric?: string;
  /** The reason, where the comment in the code does not stand by itself. */
  readonly why?: string;
}

export const LIMIT_ROWS: Readonly<Record<string, readonly LimitRow[]>> = {
  'Connections of clients': [
    {
      limit: 'proxy/workers#PROCESS_RESERVE',
      why: 'descriptors kept back for files, logs and the admin server',
      over: 'part of the cap of connections, see [sizing](operations.md#sizing)',
      metric: 'daemun_downstream_connections_max',
    },
    {
      limit: 'proxy/workers#WORKER_RESERVE',
      why: 'descriptors kept back for each worker',
      over: 'as above',
    },
    {
      limit: 'proxy/workers#ENDPOINT_SHARE',
      why: 'of what is left, kept for connections to endpoints',
      over: 'as above',
    },
    {
      limit: 'proxy/workers#LEAST_CONNECTIONS',
      over: 'the cap is not lower; idle connections make room, then silent ones, then new ones are closed; an upgrade takes two places, and is answered 503 when there are none',
      metric: 'connections_idle, connections_early, connections, tunnels',
    },
    {
      limit: 'proxy/listeners#MIN_IDLE_MS',
      over: 'from then on it may have to make room at the cap',
      metric: 'connections_idle',
    },
    {
      limit: 'proxy/listeners#HANDSHAKE_TIMEOUT_MS',
      over: 'connection closed',
      metric: 'handshake_timeout',
    },
    {
      limit: 'proxy/listeners#MAX_HELLO_BYTES',
      over: 'connection closed',
      metric: 'daemun_tls_handshakes_total{result="not_tls"}',
    },
    {
      limit: 'proxy/listeners#MAX_RECORDS',
      over: 'connection closed',
      metric: 'daemun_tls_handshakes_total{result="not_tls"}',
    },
    {
      limit: 'proxy/listeners#MAX_REQUEST_LINE',
      over: 'closed as another protocol',
      metric: 'daemun_downstream_refused_total',
    },
    {
      limit: 'proxy/listeners#HEAD_TIMEOUT_MS',
      why: 'a client has this long to say what it speaks and to send its SETTINGS; one that leaves a frame or a header block unfinished is closed after once to twice this time',
      over: 'GOAWAY where it speaks HTTP/2, connection closed',
      metric: 'request_head_timeout',
    },
    {
      limit: 'proxy/listeners#IDLE_TIMEOUT_MS',
      over: 'GOAWAY, connection closed',
      metric: 'idle_timeout',
    },
    { limit: 'proxy/listeners#LINGER_MS', over: 'connection destroyed' },
    { limit: 'proxy/listeners#SHUTDOWN_ROUND_TRIP_MS', over: 'the final GOAWAY is sent' },
    { limit: 'proxy/listeners#KEEP_ALIVE_MS', over: 'the kernel asks, and ends a dead connection' },
    { limit: 'proxy/listeners#BACKLOG', over: 'the kernel drops SYNs; clients try again' },
    { limit: 'proxy/listeners#SESSION_TIMEOUT_SECONDS', over: 'a full handshake' },
    {
      limit: 'proxy#TICKET_ROTATION_MS',
      over: 'a new secret; tickets of the one before are still taken',
    },
    {
      limit: 'proxy/listeners#FORGIVEN',
      over: 'with one in four unfinished: its calls use connections apart to endpoints',
    },
  ],
  'HTTP/2, of each connection': [
    {
      limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.maxHeaderListBytes',
      over: 'HTTP 431; RESOURCE_EXHAUSTED for gRPC',
      metric: 'header_list',
    },
    { limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.maxHeaderFields', over: 'as above', metric: 'header_list' },
    {
      limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.maxContinuationFrames',
      over: 'GOAWAY ENHANCE_YOUR_CALM',
      metric: 'flood',
    },
    {
      limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.maxHeaderBlockBytes',
      over: 'GOAWAY ENHANCE_YOUR_CALM',
      metric: 'flood',
    },
    {
      limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.maxConcurrentStreams',
      over: 'RST_STREAM REFUSED_STREAM',
      metric: 'concurrent_streams',
    },
    {
      limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.maxQueuedResets',
      over: 'GOAWAY ENHANCE_YOUR_CALM',
      metric: 'flood',
    },
    {
      limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.maxUnreadBytes',
      over: 'GOAWAY ENHANCE_YOUR_CALM',
      metric: 'flood',
    },
    { limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.outputHighWaterBytes', over: 'DATA waits at its sender' },
    { limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.streamWindowBytes', over: 'FLOW_CONTROL_ERROR' },
    { limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.connectionWindowBytes', over: 'FLOW_CONTROL_ERROR' },
    { limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.budgetIntervalMs', over: 'the budgets below begin anew' },
    { limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.maxPings', over: 'GOAWAY ENHANCE_YOUR_CALM', metric: 'flood' },
    { limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.maxSettings', over: 'GOAWAY ENHANCE_YOUR_CALM', metric: 'flood' },
    { limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.maxResets', over: 'GOAWAY ENHANCE_YOUR_CALM', metric: 'flood' },
    { limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.maxEmptyData', over: 'GOAWAY ENHANCE_YOUR_CALM', metric: 'flood' },
    {
      limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.maxWindowUpdates',
      over: 'GOAWAY ENHANCE_YOUR_CALM',
      metric: 'flood',
    },
    { limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.maxIgnored', over: 'GOAWAY ENHANCE_YOUR_CALM', metric: 'flood' },
    { limit: 'wire/http2#MAX_FRAME_BYTES', over: 'FRAME_SIZE_ERROR' },
    { limit: 'wire/http2#MAX_SETTINGS_BYTES', over: 'GOAWAY ENHANCE_YOUR_CALM', metric: 'flood' },
    { limit: 'wire/http2/hpack#DECODER_TABLE_BYTES', over: 'COMPRESSION_ERROR' },
  ],
  'HTTP/1.1 from clients': [
    {
      limit: 'wire/http1#DEFAULT_HTTP1_LIMITS.maxTargetBytes',
      over: 'HTTP 414, connection closed',
      metric: 'header_list',
    },
    {
      limit: 'wire/http1#DEFAULT_HTTP1_LIMITS.maxHeadBytes',
      over: 'HTTP 431, connection closed',
      metric: 'header_list',
    },
    { limit: 'wire/http1#DEFAULT_HTTP1_LIMITS.maxHeaderFields', over: 'as above', metric: 'header_list' },
    { limit: 'wire/http1#DEFAULT_HTTP1_LIMITS.maxTrailerBytes', over: 'HTTP 400, connection closed' },
    { limit: 'wire/http1#DEFAULT_HTTP1_LIMITS.maxChunkExtensionBytes', over: 'as above' },
    { limit: 'wire/http1#DEFAULT_HTTP1_LIMITS.maxMessageExtensionBytes', over: 'as above' },
    { limit: 'wire/http1#DEFAULT_HTTP1_LIMITS.maxInterimResponses', over: 'further ones are dropped' },
    { limit: 'wire/http1#DEFAULT_HTTP1_LIMITS.streamWindowBytes', over: 'the socket is not read' },
    { limit: 'wire/http1#DEFAULT_HTTP1_LIMITS.outputHighWaterBytes', over: 'bodies and pipelined requests wait' },
    { limit: 'wire/http1#DEFAULT_HTTP1_LIMITS.maxDiscardedBytes', over: 'connection closed' },
  ],
  'Requests and streams': [
    { limit: 'match#MAX_PATTERN_TEXT', over: 'no regular expression matches', metric: 'pattern_text' },
    { limit: 'match#MAX_VERDICTS', over: 'verdicts are forgotten and found anew' },
    { limit: 'match#MAX_CHARACTERS', why: 'as above, of their texts', over: 'as above' },
    {
      limit: 'proxy/http#STALLED_STREAM_MS',
      over: 'the stream ends with DEADLINE_EXCEEDED',
      metric: 'stream_stalled',
    },
    {
      limit: 'proxy/http#QUIET_STREAM_MS',
      over: 'the stream ends with UNAVAILABLE',
      metric: 'stream_idle',
    },
    {
      limit: 'proxy/http#TUNNEL_IDLE_MS',
      over: 'both sides of a WebSocket get a close frame (1001); what is none, or goes on, is reset',
      metric: 'tunnel_idle',
    },
    { limit: 'proxy/http#GOODBYE_MS', over: 'reset' },
    {
      limit: 'proxy/http#MAX_RETRIES',
      over: 'the failure is told',
      metric: 'daemun_upstream_retries_total',
    },
    {
      limit: 'proxy/http#MAX_REPLAY_BYTES',
      why: 'kept for a retry at most',
      over: 'the request is not tried again',
    },
    { limit: 'proxy/faces#MAX_MESSAGE_LENGTH', over: 'the text is cut' },
    {
      limit: 'proxy/http#MAX_WAIT_MS',
      why: 'an answer of our own waits this long for the end of the request',
      over: 'answered at once',
    },
    {
      limit: 'proxy/http#MAX_DROPPED_BYTES',
      why: 'as above, in bytes read and dropped',
      over: 'answered at once',
    },
    {
      limit: 'proxy/filters/external-auth#CHECK_TIMEOUT_MS',
      over: '503, UNAVAILABLE',
      metric: 'daemun_external_auth_checks_total{outcome="failed"}',
    },
    {
      limit: 'proxy/filters/external-auth#MAX_REPLY_BYTES',
      over: '503, UNAVAILABLE',
      metric: 'daemun_external_auth_checks_total{outcome="failed"}',
    },
    { limit: 'proxy/filters/external-auth#MAX_RETRIES', over: '503, UNAVAILABLE' },
    { limit: 'translate/resolve#MAX_AUTH_BODY_BYTES', over: '413, RESOURCE_EXHAUSTED; a finding says so' },
    { limit: 'proxy/filters#MAX_ACTIVE', over: 'no copy is made', metric: 'active_mirrors' },
    {
      limit: 'proxy/filters#MAX_QUEUED_BYTES',
      over: 'the copy is given up',
      metric: 'daemun_mirror_requests_total{outcome="overflow"}',
    },
    {
      limit: 'proxy/filters#MAX_MIRROR_BYTES',
      over: 'as it says',
      metric: 'active_mirrors; daemun_mirror_requests_total{outcome="overflow"}',
    },
    {
      limit: 'proxy/filters#MIRROR_TIMEOUT_MS',
      over: 'the copy is reset',
      metric: 'daemun_mirror_requests_total{outcome="timeout"}',
    },
    { limit: 'proxy/filters#MAX_LENGTH', over: 'the token is ignored' },
    { limit: 'proxy/filters#CLOCK_SKEW_MS', over: 'the token is ignored' },
    { limit: 'proxy/filters#SESSION_IDLE_MS', over: 'a new session' },
    { limit: 'proxy#MAX_SESSION_KEYS', over: 'the file is not taken, and the log says so' },
    { limit: 'values#MAX_HOPS', over: 'the one looked at last counts as the client' },
    {
      limit: 'values#MAX_HOST_LENGTH',
      over: 'the request is malformed',
      metric: 'daemun_downstream_malformed_requests_total',
    },
  ],
  Memory: [
    {
      limit: 'proxy/listeners#MAX_HELD_BYTES',
      over: 'its worst stream is reset with ENHANCE_YOUR_CALM',
      metric: 'connection_buffer',
    },
    {
      limit: 'proxy/io#PROCESS_BUFFER_BYTES',
      over: 'those who hold most are ended first',
      metric: 'worker_buffer',
    },
    { limit: 'proxy/io#MIN_BUFFER_BYTES', over: 'as above', metric: 'worker_buffer' },
    { limit: 'wire/http2/hpack#MAX_SHARED_BYTES', over: 'as it says' },
    { limit: 'wire/http2/hpack#MAX_TABLE_BYTES', over: 'the oldest entries go' },
    { limit: 'wire/output#MAX_FREE', over: 'slabs are given back' },
    { limit: 'proxy/io#MAX_FREE', over: 'pages are let go of' },
    { limit: 'proxy/http#MAX_ADDRESSES', over: 'lists are made anew' },
    {
      limit: 'proxy/workers#TOLERATED_BYTES',
      why: 'what usual traffic leaves behind in a while stays below',
      over: 'the thread collects its heap, or gives back its room',
    },
    {
      limit: 'proxy/workers#TOLERATED_ROOM_BYTES',
      why: 'room that usual traffic takes in a while stays below',
      over: 'a quiet thread gives back its room',
    },
    {
      limit: 'proxy/workers#SHRINK_CHECKS',
      why: 'checks, 5 s each, from one giving back of room to the next: it stops the thread for a moment',
      over: 'a quiet thread may give back room again',
    },
    {
      limit: 'proxy/workers#MAX_SHRINK_CHECKS',
      why: 'the same at most, doubled each time that usual traffic needed the room again',
      over: 'as above',
    },
    {
      limit: 'proxy/workers#QUIET_SHARE',
      why: 'a thread that is busy for a larger part of its time is about to use its room',
      over: 'no room is given back',
    },
  ],
  'Connections to endpoints': [
    {
      limit: 'translate/resolve/annotations#DEFAULT_MS',
      why: "as Envoy's; the annotation `daemun.dev/connect-timeout` changes it",
      over: 'another endpoint is tried',
      metric: 'daemun_upstream_connect_failures_total',
    },
    {
      limit: 'translate/resolve#MAX_PENDING_REQUESTS',
      why: 'of a cluster in one worker: who waits longer than others can be served is better told at once',
      over: 'RESOURCE_EXHAUSTED, reason `overload`',
      metric: 'pending_requests',
    },
    {
      limit: 'proxy/upstream#SHARED.maxConnections',
      why: 'of one worker to one endpoint: a peer that allows few streams on each gets this many',
      over: 'requests wait',
      metric: 'daemun_upstream_requests_pending',
    },
    {
      limit: 'proxy/upstream#APART.maxConnections',
      why: 'of one worker to one endpoint, for clients that leave many calls unfinished',
      over: 'their requests wait',
    },
    { limit: 'proxy/upstream#MAX_DIALS', over: 'requests wait', metric: 'daemun_upstream_requests_pending' },
    {
      limit: 'proxy/upstream#FAIR_SHARE',
      why: 'requests of one client in a full line, below which it takes the place of the newest one of the client that has most',
      over: 'RESOURCE_EXHAUSTED',
      metric: 'pending_requests',
    },
    { limit: 'proxy/upstream#MAX_APART_WAITING', over: 'RESOURCE_EXHAUSTED', metric: 'pending_requests' },
    { limit: 'proxy/upstream#MAX_TRIES', over: 'UNAVAILABLE' },
    {
      limit: 'proxy/upstream#INITIAL_MS',
      why: "gRPC's connection backoff: the first wait after a failure",
      over: 'dialled again',
    },
    { limit: 'proxy/upstream#MAX_MS', why: 'and the longest', over: 'dialled again' },
    { limit: 'proxy/upstream#IDLE_CLOSE_MS', over: 'connection closed' },
    { limit: 'wire/http1#KEEP_ALIVE_MS', over: 'an idle connection is closed, `KEEP_ALIVE_MARGIN_MS` before' },
    { limit: 'wire/http1#KEEP_ALIVE_MARGIN_MS', over: 'as above' },
    { limit: 'proxy/upstream#LINGER_MS', over: 'connection destroyed' },
    { limit: 'proxy/upstream#SILENCE_MS', over: 'PING' },
    { limit: 'proxy/upstream#PING_TIMEOUT_MS', over: 'connection closed' },
    { limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.resetBurst', over: 'further resets are held back' },
    {
      limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.resetsPerSecond',
      why: 'of our own RST_STREAM frames on one connection',
      over: 'as above',
    },
    { limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.maxAbandoned', over: 'another connection is used' },
    { limit: 'wire/http2#DEFAULT_HTTP2_LIMITS.resetsToWearOut', over: 'another connection is used' },
    {
      limit: 'proxy/upstream#HTTP2_LIMITS.maxHeaderBlockBytes',
      why: 'of one response: a backend is trusted with more than a client, for all clients share its connection',
      over: 'the connection ends',
    },
    {
      limit: 'proxy/upstream#HTTP2_LIMITS.maxContinuationFrames',
      why: 'as above, in frames',
      over: 'the connection ends',
    },
    { limit: 'proxy/upstream#KEEPALIVE_MS', over: 'the kernel asks, and ends a dead connection' },
    {
      limit: 'proxy/upstream#EJECT_AFTER_FAILURES',
      over: 'the endpoint is left out for a while',
      metric: 'daemun_upstream_ejections_total',
    },
    {
      limit: 'proxy/upstream#BASE_EJECTION_MS',
      why: 'the first ejection; the n-th in a row is n times as long',
      over: 'it is tried again',
    },
    { limit: 'proxy/upstream#MAX_EJECTION_MS', why: 'and the longest', over: 'it is tried again' },
    { limit: 'proxy/upstream#MAX_EJECTED_SHARE', over: 'no more are left out' },
    { limit: 'proxy/discovery#MAX_RESPONSE_BYTES', over: 'the check has failed' },
    {
      limit: 'translate/resolve/annotations#DEFAULTS.intervalMs',
      why: 'between checks; the annotation `daemun.dev/health-check` changes it',
      over: 'checked again',
    },
    {
      limit: 'translate/resolve/annotations#DEFAULTS.timeoutMs',
      why: 'of one check, as above',
      over: 'the check has failed',
    },
    {
      limit: 'proxy/discovery#QUERY_TIMEOUT_MS',
      why: 'of a DNS query, twice; a server that is silent holds nothing else up',
      over: 'the addresses of before stay',
    },
    {
      limit: 'proxy/discovery#MAX_REFRESH_MS',
      why: 'names are asked for again at their TTL, at least so often',
      over: 'asked again',
    },
  ],
  'Workers, start and end': [
    {
      limit: 'controller#DEFAULT_DRAIN_TIMEOUT_MS',
      why: '`--drain-timeout`; below the grace period of most supervisors',
      over: 'what still runs is cut, and the log counts it',
      metric: 'daemun_request_failures_total{reason="drain_timeout"}',
    },
    {
      limit: 'proxy/listeners#REMOVAL_TIMEOUT_MS',
      why: 'a listener or certificate that was removed lets its requests end',
      over: 'what still runs is cut',
    },
    { limit: 'proxy/listeners#GRACE_MS', over: 'connection closed' },
    { limit: 'proxy#FIRST_RESOLUTION_MS', over: 'the snapshot goes live without' },
    {
      limit: 'proxy/workers#FIRST_RESTART_MS',
      why: 'a worker that ended by itself is replaced after this, doubled each time in a row',
      over: 'a new worker',
    },
    { limit: 'proxy/workers#MAX_RESTART_MS', why: 'and at most', over: 'a new worker' },
    { limit: 'proxy/workers#CLOSE_TIMEOUT_MS', over: 'as it says' },
    {
      limit: 'proxy/workers#FORCE_TIMEOUT_MS',
      why: 'a thread that was ended by force is waited for; nothing in the process can do more',
      over: 'the process ends without it, exit code 3',
    },
    {
      limit: 'proxy/workers#ANSWER_TIMEOUT_MS',
      why: 'a thread that is asked for something while the process stops has this much more time than it needs',
      over: 'it is given up',
    },
    {
      limit: 'controller#RETRY_BIND_MS',
      over: 'bound, or said again by /ready',
      metric: 'daemun_sockets{state="unbound"}',
    },
    { limit: 'controller#TIMEOUT_MS', over: 'nobody is there: the port is not shared' },
    { limit: 'controller#MAX_ANSWER_LENGTH', why: 'whoever sends more is no daemun', over: 'as above' },
    { limit: 'controller#MAX_FILE_BYTES', over: 'the file is not taken, and the log says so' },
  ],
  Manifests: [
    {
      limit: 'store/files#MAX_FILE_BYTES',
      over: 'not read: `store/file-too-large`; its last good state stays',
      metric: 'daemun_findings',
    },
    {
      limit: 'store/files#SEARCH_LIMITS.files',
      why: 'under one path: ten thousand small files take 2 s to read',
      over: 'not read further: `store/too-many-files`',
      metric: 'daemun_findings',
    },
    {
      limit: 'store/files#SEARCH_LIMITS.entries',
      why: 'files and folders of any name under one path: a link to / ends here',
      over: 'as above',
      metric: 'daemun_findings',
    },
    {
      limit: 'store/files#SEARCH_LIMITS.bytes',
      why: 'all manifests under one path together; they stay in memory',
      over: 'as above',
      metric: 'daemun_findings',
    },
    {
      limit: 'store/files#MAX_DOCUMENTS',
      over: 'not read: `store/too-many-documents`',
      metric: 'daemun_findings',
    },
    {
      limit: 'store/files#MAX_DOCUMENT_BYTES',
      over: 'not read: `store/over-limit`',
      metric: 'daemun_findings',
    },
    { limit: 'store/files#MAX_DEPTH', over: 'not read: `store/over-limit`', metric: 'daemun_findings' },
    {
      limit: 'store/files#MAX_LIST_ITEMS',
      over: 'not read: `store/over-limit`',
      metric: 'daemun_findings',
    },
    { limit: 'store/files#MAX_NODES', over: 'not read: `store/over-limit`', metric: 'daemun_findings' },
    {
      limit: 'store/files#MAX_ALIASES',
      why: 'aliases of one document that are looked at',
      over: 'not read: `store/over-limit`',
      metric: 'daemun_findings',
    },
    {
      limit: 'store/files#DEFAULT_SETTLE_MS',
      why: '`--settle`: what a file written in place lacks',
      over: 'it is taken as meant',
    },
    {
      limit: 'cli#MAX_WAIT_MS',
      why: 'of `--settle` and `--drain-timeout`: a timer cannot wait for more than 24 days, and nobody should',
      over: 'the flag is refused, exit code 2',
    },
    { limit: 'store/files#DELETED_MS', over: 'the objects of the file go' },
    {
      limit: 'store/files#MAX_BURST_MS',
      why: 'a folder in which something changes all the time is read after this',
      over: 'read',
    },
    {
      limit: 'store/files#MAX_BUSY_MS',
      why: 'while git holds its lock; one that nobody holds any more stays',
      over: 'read',
    },
    { limit: 'values#MAX_COMPARED', over: 'as it says' },
  ],
  'Admin address, metrics and logs': [
    {
      limit: 'admin#REQUEST_TIMEOUT_MS',
      why: 'a client may not keep its socket for ever while it asks',
      over: 'HTTP 408, connection closed',
    },
    {
      limit: 'admin#STALLED_ANSWER_MS',
      why: 'nor while it takes nothing of the answer',
      over: 'connection closed',
    },
    { limit: 'proxy/metrics#MAX_CONFIGURED', over: 'as it says' },
    {
      limit: 'proxy/metrics#MAX_LEARNED_PER_GATEWAY',
      why: 'methods that only endpoints told of',
      over: 'counted as `other`',
    },
    { limit: 'proxy/metrics#MAX_LEARNED', why: 'as above, of all Gateways', over: 'counted as `other`' },
    { limit: 'proxy/metrics#MAX_PATH_LENGTH', over: 'counted as `other`' },
    {
      limit: 'proxy/metrics#DEFAULT_SLOTS',
      over: 'new series are not counted',
      metric: 'daemun_metrics_dropped_series_total',
    },
    { limit: 'cli/sink#MAX_WAITING_LENGTH', over: 'lines are lost', metric: 'daemun_log_lines_lost_total' },
    { limit: 'cli/sink#FLUSH_MS', over: 'what waits is lost' },
    { limit: 'proxy/access-log#MAX_VALUE_LENGTH', over: 'cut' },
    { limit: 'proxy/log#LINES_PER_SECOND', over: 'left out, and counted by the next line' },
    { limit: 'proxy/log#MAX_VALUE_LENGTH', over: 'cut' },
    {
      limit: 'proxy/log#LINES_PER_INTERVAL',
      why: 'lines of one kind in ten seconds; what a peer can cause must not fill a disk',
      over: 'left out, and counted by the next line',
    },
    { limit: 'proxy/log#MAX_KINDS', over: 'as it says' },
    { limit: 'controller#MAX_TOLD', over: 'as it says' },
  ],
  Commands: [
    { limit: 'cli/admin-client#TIMEOUT_MS', why: 'a daemun that runs answers sooner', over: 'exit code 3' },
    { limit: 'cli#MAX_ANSWER_BYTES', over: 'exit code 3' },
    { limit: 'cli#MAX_INPUT_BYTES', over: 'exit code 3; what comes by pipe or standard input is not read' },
    { limit: 'cli/service-manager#TIMEOUT_MS', why: 'of one message to systemd', over: 'the message is given up' },
    { limit: 'cli#SAME_SIGNAL_MS', over: 'a second signal ends `run` at once' },
    { limit: 'cli/start-table#MAX_NAMED', over: 'as it says' },
  ],
};
