// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../head/header-list.ts';

/** In any case (RFC 9110 §8.3.1), alone or before '+' (a codec) or ';' (parameters, perhaps after blanks): so not `application/grpc-web`. */
const GRPC = /^application\/grpc(?:$|\+|[\t ]*;)/i;

/** Whether a content-type makes a message gRPC: `application/grpc` alone, or followed by '+' or ';'. */
export function isGrpcContentType(contentType: string | undefined): boolean {
  return contentType !== undefined && GRPC.test(contentType);
}

/** Whether a message is gRPC by its one content-type. Two are as good as none: each hop could believe another one. */
export function isGrpcMessage(list: HeaderList): boolean {
  const at = list.names.indexOf('content-type');
  if (at < 0 || list.names.indexOf('content-type', at + 1) >= 0) return false;
  return isGrpcContentType(list.values[at]);
}
