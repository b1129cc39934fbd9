// SPDX-License-Identifier: Apache-2.0

/** One endpoint as one worker sees it. */
export interface UpstreamEndpoint {
  readonly address: string;
  readonly port: number;
  /** For people: the Pod's name, '' when unknown. */
  readonly name: string;
  /** `address:port`, `[address]:port` for IPv6. */
  readonly key: string;
  /** Open streams of this worker. Kept by the cluster. */
  activeRequests: number;
  /** Streams that failed since the last one that did not. Kept by the cluster. */
  consecutiveFailures: number;
}
