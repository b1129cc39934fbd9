// SPDX-License-Identifier: Apache-2.0

/** What a peer may make one connection hold or do. Every cap has a name, a default and a reason. */
export interface Http2Limits {
  /** Sum of name + value + 32 over a list's fields, as SETTINGS_MAX_HEADER_LIST_SIZE counts. Over it: 431. Default 64 KiB. */
  readonly maxHeaderListBytes: number;
  /** Fields in one list. Many tiny fields cost more than their bytes. Over it: 431. Default 200. */
  readonly maxHeaderFields: number;
  /** CONTINUATION frames of one block (the 2024 CONTINUATION flood). Default 16. */
  readonly maxContinuationFrames: number;
  /**
   * Encoded bytes of one block over all its frames. A list within its own limit never needs as many: up to here a block is read, since
   * later ones build on it, and costs its stream only. Default 272 KiB, what 17 frames hold.
   */
  readonly maxHeaderBlockBytes: number;
  /** Our SETTINGS_MAX_CONCURRENT_STREAMS (server role); a stream above it is refused and can be retried. Default 1,000. */
  readonly maxConcurrentStreams: number;
  /** RST_STREAM frames that the peer provoked and has not read. Default 16. */
  readonly maxQueuedResets: number;
  /**
   * Bytes other than DATA queued while the peer does not read: acknowledgements and answers it never takes. With half of it queued, interim
   * responses are left out. Default 1 MiB.
   */
  readonly maxUnreadBytes: number;
  /** Bytes queued in one tick before `sendData` takes no more. Default 256 KiB. */
  readonly outputHighWaterBytes: number;
  /** What a peer may send on one stream before we consume it. Bounds memory per stream. Default 256 KiB. */
  readonly streamWindowBytes: number;
  /**
   * What that becomes while windows are what holds the peer up: at 50 ms 40 MB/s, not 5. Default 2 MiB.
   */
  readonly maxStreamWindowBytes: number;
  /** The connection's window, given back on receipt: only a guard, streams are what is bounded. Default 16 MiB. */
  readonly connectionWindowBytes: number;
  /** The interval of the budgets below, in milliseconds. Default 10 s. */
  readonly budgetIntervalMs: number;
  /** PING frames per interval, beside one for each DATA frame (gRPC measures bandwidth with PINGs). Default 1,000. */
  readonly maxPings: number;
  /** SETTINGS frames per interval: each costs an acknowledgement and may touch every stream. Default 100. */
  readonly maxSettings: number;
  /**
   * Streams that the peer reset, or made us reset, per interval, beside one for each four that ended well. At whatever age: what it
   * costs an endpoint does not depend on it (CVE-2023-44487, CVE-2025-8671). Default 1,000.
   */
  readonly maxResets: number;
  /**
   * DATA frames without payload and without END_STREAM per interval, beside one for each DATA frame with payload and each stream that
   * ended well: some servers send one before the trailers. Default 1,000.
   */
  readonly maxEmptyData: number;
  /**
   * WINDOW_UPDATE frames per interval, beside ten for each DATA frame and each stream that ended well: some clients (curl) widen each
   * stream's window as they open it. Default 2,000.
   */
  readonly maxWindowUpdates: number;
  /** PRIORITY and unknown frames per interval: they do nothing. Default 1,000. */
  readonly maxIgnored: number;
  /** Our own RST_STREAM frames on one connection (client role), for which servers end it: at once at most … Default 100. */
  readonly resetBurst: number;
  /** … and a second. Default 3. */
  readonly resetsPerSecond: number;
  /** A stream without an answer is not reset sooner after its head. Default 100 ms. */
  readonly resetAfterMs: number;
  /** Streams whose reset is held back, at which a connection counts as crowded. Default 64. */
  readonly maxAbandoned: number;
  /** Resets sent, at which a connection counts as crowded when less than three times as many streams ended well. Default 200. */
  readonly resetsToWearOut: number;
}

/** The defaults named above. */
export const DEFAULT_HTTP2_LIMITS: Http2Limits = {
  maxHeaderListBytes: 65_536,
  maxHeaderFields: 200,
  maxContinuationFrames: 16,
  maxHeaderBlockBytes: 278_528,
  maxConcurrentStreams: 1_000,
  maxQueuedResets: 16,
  maxUnreadBytes: 1_048_576,
  outputHighWaterBytes: 262_144,
  streamWindowBytes: 262_144,
  maxStreamWindowBytes: 2_097_152,
  connectionWindowBytes: 16_777_216,
  budgetIntervalMs: 10_000,
  maxPings: 1_000,
  maxSettings: 100,
  maxResets: 1_000,
  maxEmptyData: 1_000,
  maxWindowUpdates: 2_000,
  maxIgnored: 1_000,
  resetBurst: 100,
  resetsPerSecond: 3,
  resetAfterMs: 100,
  maxAbandoned: 64,
  resetsToWearOut: 200,
};
