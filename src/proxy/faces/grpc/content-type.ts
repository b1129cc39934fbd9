// SPDX-License-Identifier: Apache-2.0

import { type HeaderList, isGrpcMessage } from '../../../wire/index.ts';

/** gRPC is POST (PROTOCOL-HTTP2) and asks for no upgrade; anything else is plain HTTP, whatever its content-type. */
export function isGrpcRequest(head: HeaderList): boolean {
  return isGrpcMessage(head) && head.get(':method') === 'POST' && head.get(':protocol') === undefined;
}

/** The response speaks gRPC, by its one content-type. */
export function isGrpcResponse(head: HeaderList): boolean {
  return isGrpcMessage(head);
}
