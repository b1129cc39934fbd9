// SPDX-License-Identifier: Apache-2.0

import { grpcStatusOfHttp, type HeaderList } from '../../../wire/index.ts';

/** The status of the head says all. */
export function statusIn(_list: HeaderList): number | null {
  return null;
}

/** Rules are counted by gRPC status, whoever calls them. */
export function statusOfHttp(status: number): number {
  return grpcStatusOfHttp(status);
}
