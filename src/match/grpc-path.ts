// SPDX-License-Identifier: Apache-2.0

/** A gRPC call's name, as `:path` carries it. */
export interface GrpcPath {
  readonly service: string;
  readonly method: string;
}

/**
 * Splits `/service/method` at its last slash, as grpc-go and grpc-java do. Undefined for any other path (`*`, `/x`):
 * such a request is taken only by matches that accept any method.
 */
export function splitGrpcPath(path: string): GrpcPath | undefined {
  const slash = path.lastIndexOf('/');
  if (slash <= 0 || path.charCodeAt(0) !== 47) return undefined;
  return { service: path.slice(1, slash), method: path.slice(slash + 1) };
}
