// SPDX-License-Identifier: Apache-2.0

/** How a request ended, as far as that is known. */
export class Outcome {
  /** What the client was told; 0: nothing yet. */
  http = 0;
  /** The gRPC status; of plain HTTP the one that says the same. null: not known yet. */
  grpc: number | null = null;
  /** Why no endpoint answered to the end, for the access log and metrics; '': one did. */
  reason = '';
}
