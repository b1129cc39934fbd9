// SPDX-License-Identifier: Apache-2.0

/** gRPC status codes, by the words of the protocol (grpc/doc/statuscodes.md). */
export const GrpcStatus = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

const WORDS = Object.keys(GrpcStatus);
const CODES: Readonly<Record<string, number>> = GrpcStatus;

/** The word of a code, such as `UNAVAILABLE`; undefined: gRPC has no such code. */
export function grpcStatusWord(code: number): string | undefined {
  return WORDS[code];
}

/** The code of a word, in any case and with dashes or underscores: `resource-exhausted`; undefined: there is no such word. */
export function parseGrpcStatusWord(text: string): number | undefined {
  const word = text.toUpperCase().replaceAll('-', '_');
  return Object.hasOwn(CODES, word) ? CODES[word] : undefined;
}
