// SPDX-License-Identifier: Apache-2.0

/** A header list as bytes: the start line and its fields, without framing, varying fields and the empty line. Made once a list. */
export class HeadBlock {
  readonly bytes: Buffer;
  /** Of a response; 0: none. */
  readonly status: number;
  /** A request that is answered without a body. */
  readonly isHead: boolean;
  /** A request's method says that it may be sent twice (RFC 9110 §9.2.2). */
  readonly isIdempotent: boolean;
  /** A request whose method expects a body: it says so when there is none (RFC 9110 §8.6). */
  readonly expectsBody: boolean;
  /** -1: not said by the list. */
  readonly contentLength: number;
  /** The protocol that a request asks to go on with; null: none. */
  readonly upgrade: string | null;

  constructor(block: HeadBlock) {
    this.bytes = block.bytes;
    this.status = block.status;
    this.isHead = block.isHead;
    this.isIdempotent = block.isIdempotent;
    this.expectsBody = block.expectsBody;
    this.contentLength = block.contentLength;
    this.upgrade = block.upgrade;
  }
}

/** What HTTP/1.1 cannot say: the list comes from a version that can, and nobody above refused it. */
export type Unspeakable = 'unspeakable';
