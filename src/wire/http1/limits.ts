// SPDX-License-Identifier: Apache-2.0

/** What a peer may make one HTTP/1.1 connection hold or do. Where HTTP/2 has the same thing the number is the same. */
export interface Http1Limits {
  /** A request's target. A request line that is longer is answered with 414. Default 8 KiB. */
  readonly maxTargetBytes: number;
  /** A whole head, from the start line to the empty line. Over it: 431. Default 64 KiB. */
  readonly maxHeadBytes: number;
  /** Fields in one head or trailer section. Many tiny fields cost more than their bytes. Over it: 431. Default 200. */
  readonly maxHeaderFields: number;
  /** A trailer section. It comes when a message is over in all but name: nothing long belongs there. Default 16 KiB. */
  readonly maxTrailerBytes: number;
  /** Extensions of one chunk. They are read past, and nobody uses them. Default 256 bytes. */
  readonly maxChunkExtensionBytes: number;
  /** Extensions of all chunks of one message: bytes that cost us reading and bring nothing (CVE-2023-39326). Default 16 KiB. */
  readonly maxMessageExtensionBytes: number;
  /** Interim responses to one request: each goes on to the client. Default 100. */
  readonly maxInterimResponses: number;
  /**
   * Body bytes that were given on and not consumed, or requests that wait: with so much the socket is not read any more. Default 64 KiB, one
   * read: what waits is copied twice.
   */
  readonly streamWindowBytes: number;
  /** Bytes queued in one tick before `sendData` takes no more, and before no further pipelined request is looked at. Default 256 KiB. */
  readonly outputHighWaterBytes: number;
  /** The rest of a request that nobody wants is read to its end, so that the connection can go on: this much of it. Default 64 KiB. */
  readonly maxDiscardedBytes: number;
}

/** The defaults named above. */
export const DEFAULT_HTTP1_LIMITS: Http1Limits = {
  maxTargetBytes: 8_192,
  maxHeadBytes: 65_536,
  maxHeaderFields: 200,
  maxTrailerBytes: 16_384,
  maxChunkExtensionBytes: 256,
  maxMessageExtensionBytes: 16_384,
  maxInterimResponses: 100,
  streamWindowBytes: 65_536,
  outputHighWaterBytes: 262_144,
  maxDiscardedBytes: 65_536,
};
