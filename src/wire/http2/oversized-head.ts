// SPDX-License-Identifier: Apache-2.0

import { isGrpcMessage } from '../grpc/content-type.ts';
import { HeaderList } from '../head/header-list.ts';
import type { ConnectionCore } from './connection-core.ts';
import { ErrorCode } from './error-code.ts';
import type { Http2Stream, StreamConnection } from './stream.ts';

const TOO_LARGE = new HeaderList([':status', 'content-length'], ['431', '0']);
const TOO_LARGE_GRPC = new HeaderList(
  [':status', 'content-type', 'grpc-status', 'grpc-message'],
  ['200', 'application/grpc', '8', 'the request headers are larger than the gateway allows'],
);

/**
 * Answers a request whose header list is over the limits, with no one else involved: 431, or RESOURCE_EXHAUSTED when the
 * part that was read says gRPC. The owner hears of it for its counters (`MessageConnectionEvents.onRefusedHead`).
 */
export function answerOversizedHead(connection: ConnectionCore & StreamConnection, stream: Http2Stream): void {
  const partial = connection.decoder.partialList();
  const isGrpc = isGrpcMessage(partial);
  connection.sendHead(stream, isGrpc ? TOO_LARGE_GRPC : TOO_LARGE, null, true);
  connection.reset(stream, ErrorCode.NO_ERROR);
  connection.events.onRefusedHead?.('oversized', partial);
}
