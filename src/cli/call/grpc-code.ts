// SPDX-License-Identifier: Apache-2.0

import { status } from '@grpc/grpc-js';

/** The name of a gRPC status code as Go and grpcurl write it: `NotFound`, `Canceled`. */
export function grpcCodeName(code: number): string {
  if (code === status.OK) return 'OK';
  if (code === status.CANCELLED) return 'Canceled';
  const name = status[code];
  if (name === undefined) return `Code(${code})`;
  return name.toLowerCase().replaceAll(/(^|_)([a-z])/g, (_, _underscore, letter: string) => letter.toUpperCase());
}
