// SPDX-License-Identifier: Apache-2.0

export { isGrpcContentType, isGrpcMessage } from './grpc/content-type.ts';
export { MessageCounter } from './grpc/frames.ts';
export { decodeGrpcMessage, encodeGrpcMessage } from './grpc/message.ts';
export { GrpcStatus, grpcStatusName, grpcStatusOfHttp, parseGrpcStatus } from './grpc/status.ts';
export { formatGrpcTimeout, parseGrpcTimeout } from './grpc/timeout.ts';
/**
 * Bytes ⇄ messages: no sockets, no clock, no policy.
 * In: chunks of input and calls. Out: events and chunks of output. Never: `node:net`, timers, decisions about routing.
 */
export { fieldOf, HeaderList, MemoSlot, pathIn, targetOf, VOLATILE_NAMES, type VolatileFields } from './header-list.ts';
export { Http1ClientConnection } from './http1/client-connection.ts';
export { HeadMemory } from './http1/head-memory.ts';
export { DEFAULT_HTTP1_LIMITS } from './http1/limits.ts';
export { Http1ServerConnection } from './http1/server-connection.ts';
export { Http2Connection } from './http2/connection.ts';
export type { Http2ConnectionOptions } from './http2/connection-core.ts';
export { ErrorCode, errorCodeName } from './http2/error-code.ts';
export { HeaderListPool } from './http2/header-list-pool.ts';
export { DEFAULT_HTTP2_LIMITS, type Http2Limits } from './http2/limits.ts';
export { Http2Stream } from './http2/stream.ts';
export type { EndOrigin, EndReason, StreamEnd } from './message/end-reason.ts';
export type {
  EndPacing,
  MessageConnection,
  MessageConnectionEvents,
  OutputSink,
} from './message/message-connection.ts';
export type { MessageEvents, MessageStream } from './message/message-stream.ts';
export { withField, withoutFields } from './volatile-fields.ts';
