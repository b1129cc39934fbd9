// SPDX-License-Identifier: Apache-2.0

const GRPC = 'application/grpc';
const PLUS = 0x2b;
const SEMICOLON = 0x3b;

/** Whether a content-type makes a request gRPC: `application/grpc` alone, or followed by '+' or ';' (so not `application/grpc-web`). */
export function isGrpcContentType(contentType: string | undefined): boolean {
  if (contentType === undefined || !contentType.startsWith(GRPC)) return false;
  if (contentType.length === GRPC.length) return true;
  const next = contentType.charCodeAt(GRPC.length);
  return next === PLUS || next === SEMICOLON;
}
