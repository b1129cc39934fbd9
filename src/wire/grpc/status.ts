// SPDX-License-Identifier: Apache-2.0

import { GrpcStatus } from '../../values/index.ts';

/** The label values of the usual Prometheus metrics (`grpc_code`), by code. */
const NAMES: readonly string[] = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
];

/** The name of a code as metrics spell it, such as `NotFound`; a code that gRPC does not know counts as `Unknown`. */
export function grpcStatusName(code: number): string {
  return NAMES[code] ?? 'Unknown';
}

/** Reads a `grpc-status` value; undefined when it is missing or not a number, which callers treat as UNKNOWN. */
export function parseGrpcStatus(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}

/** What a gRPC client makes of a response without `grpc-status` (grpc/doc/http-grpc-status-mapping.md). */
export function grpcStatusOfHttp(status: number): number {
  switch (status) {
    case 400:
      return GrpcStatus.INTERNAL;
    case 401:
      return GrpcStatus.UNAUTHENTICATED;
    case 403:
      return GrpcStatus.PERMISSION_DENIED;
    case 404:
      return GrpcStatus.UNIMPLEMENTED;
    case 429:
    case 502:
    case 503:
    case 504:
      return GrpcStatus.UNAVAILABLE;
    default:
      return GrpcStatus.UNKNOWN;
  }
}
