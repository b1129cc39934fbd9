// SPDX-License-Identifier: Apache-2.0

/** Whose doing a failed request is. */
export type FailureSource = 'downstream' | 'upstream' | 'internal';

/** What is known of a reason for which a request fails; what the client is told and how it is logged follow from it. */
export interface RequestFailure {
  readonly source: FailureSource;
  /** True when the request cannot have reached an endpoint, and another one, or a later try, may do better. */
  readonly retryable: boolean;
  /** What a client that does not speak gRPC is told. */
  readonly httpStatus: number;
  /** What a gRPC client is told, or makes of what it is told (421 is UNKNOWN); 1: nobody is there to be told. */
  readonly grpcStatus: number;
  readonly summary: string;
  readonly help: string;
}
