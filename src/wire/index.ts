// SPDX-License-Identifier: Apache-2.0

/**
 * Bytes ⇄ messages: no sockets, no clock, no policy.
 * In: chunks of input and calls. Out: events and chunks of output. Never: `node:net`, timers, decisions about routing.
 *
 * `head`: fields and interned lists of fields. `message`: streams and connections, whatever carries them. `output`: bytes on their way
 * out. `http1`, `http2`: the codecs, which know nothing of each other. `grpc`: what gRPC puts into heads and bodies; `websocket`: what
 * WebSockets do. `proxy-protocol`: what proxies say of a connection before it begins.
 */

export { isGrpcContentType, isGrpcMessage } from './grpc/content-type.ts';
export { MessageCounter } from './grpc/frames.ts';
export { decodeGrpcMessage, encodeGrpcMessage } from './grpc/message.ts';
export { ProtobufReader } from './grpc/protobuf-reader.ts';
export { ProtobufWriter } from './grpc/protobuf-writer.ts';
export { grpcStatusName, grpcStatusOfHttp, parseGrpcStatus } from './grpc/status.ts';
export { formatGrpcTimeout, parseGrpcTimeout } from './grpc/timeout.ts';
export { isSoundField } from './head/field.ts';
export { HeaderList, targetOf } from './head/header-list.ts';
export { HeaderListPool } from './head/header-list-pool.ts';
export {
  fieldOf,
  fieldsOf,
  joinedField,
  pathIn,
  splitFields,
  VOLATILE_NAMES,
  type VolatileFields,
  withField,
  withoutFields,
  withTarget,
} from './head/volatile-fields.ts';
export { Http1ClientConnection } from './http1/client-connection.ts';
export { HeadMemory } from './http1/head-memory.ts';
export { DEFAULT_HTTP1_LIMITS } from './http1/limits.ts';
export { Http1ServerConnection } from './http1/server-connection.ts';
export { Http2Connection } from './http2/connection.ts';
export { ErrorCode } from './http2/error-code.ts';
export { DEFAULT_HTTP2_LIMITS, type Http2Limits } from './http2/limits.ts';
export { Http2Stream } from './http2/stream.ts';
export type { CodecAnswer, EndReason, StreamEnd } from './message/end-reason.ts';
export type { MessageConnection, MessageConnectionEvents } from './message/message-connection.ts';
export type { MessageEvents, MessageStream } from './message/message-stream.ts';
export type { WindowAccount } from './message/window-account.ts';
export { copyBytes } from './output/copy-bytes.ts';
export type { OutputSink } from './output/output.ts';
export { ownCopy } from './output/own-copy.ts';
export { readProxyHeader, writeProxyHeader } from './proxy-protocol/codec.ts';
export type { ProxyAddress, ProxyHeader, ProxyHeaderRead, ProxyVersion } from './proxy-protocol/header.ts';
export { FrameBoundary, goingAway, PONG } from './websocket/frame-boundary.ts';
export { acceptOf, WEBSOCKET } from './websocket/handshake.ts';
