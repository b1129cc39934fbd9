// SPDX-License-Identifier: Apache-2.0

import { GrpcStatus } from '../../../values/index.ts';
import { grpcStatusName, grpcStatusOfHttp, type HeaderList, parseGrpcStatus } from '../../../wire/index.ts';
import type { Outcome } from '../outcome.ts';

/** `grpc-status` of trailers, or of a head that is the whole response. */
export function statusIn(list: HeaderList): number | null {
  return parseGrpcStatus(list.get('grpc-status')) ?? null;
}

/** What a gRPC client makes of a response without `grpc-status`. */
export function statusOfHttp(status: number): number {
  return grpcStatusOfHttp(status);
}

/** A call without a status ended in UNKNOWN, as its client sees it. */
export function statusName({ grpc }: Outcome): string {
  return grpcStatusName(grpc ?? GrpcStatus.UNKNOWN);
}
