// SPDX-License-Identifier: Apache-2.0

/** How a request ended, as far as that is known. */
export class Outcome {
  /** What the client was told; 0: nothing yet. */
  http = 0;
  /** The gRPC status of a call; null: not known yet. Of plain HTTP it says nothing, and nobody reads it. */
  grpc: number | null = null;
  /** Why no endpoint answered to the end, for the access log and metrics; '': one did. */
  reason = '';
}
