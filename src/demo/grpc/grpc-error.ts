// SPDX-License-Identifier: Apache-2.0

/** Status codes that the demo backends answer by themselves (gRPC status codes, https://grpc.io/docs/guides/status-codes). */
export const GRPC_CODE = {
  ok: 0,
  unknown: 2,
  invalidArgument: 3,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
} as const;

/** Ends a call with a gRPC status. Thrown by methods and by the message reader, caught once per call. */
export class GrpcError extends Error {
  readonly code: number;

  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GrpcError';
    this.code = code;
  }
}
