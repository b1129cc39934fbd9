// SPDX-License-Identifier: Apache-2.0

/**
 * Why a stream ended without its whole message, or is to be ended so. A codec says it in its own version's words: an
 * HTTP/2 error code, or the end of an HTTP/1 connection.
 *
 * | reason | said by a peer | asked of a codec |
 * |---|---|---|
 * | `done` | it answered, and does not want the rest of the request | the same (RFC 9113 §8.1) |
 * | `cancelled` | nobody wants the message any more | the same |
 * | `refused` | nothing of the request was looked at: it may be sent again | the same |
 * | `protocol` | the rules of the version were broken | the same |
 * | `overload` | a limit or a budget was passed | the same |
 * | `lost` | what carried the message broke, on this connection or beyond it | the message cannot be finished |
 * | `deadline` | – | no time is left, nor for an end in order |
 */
export type EndReason = 'done' | 'cancelled' | 'refused' | 'protocol' | 'overload' | 'lost' | 'deadline';

/**
 * Who ended it.
 *
 * - `peer`: it said so, of this stream.
 * - `leaving`: the peer ends the connection in order, and did not look at this stream, whose reason is `refused`: no fault of either side.
 * - `codec`: ours, because of what the peer sent on this stream.
 * - `connection`: the whole connection is over, broken or gone.
 */
export type EndOrigin = 'peer' | 'leaving' | 'codec' | 'connection';

/** What a codec answered a request by itself, for the books of its owner. */
export interface CodecAnswer {
  readonly status: number;
  /** Of its body. */
  readonly bytes: number;
}

/** How a stream or a connection ended. One object serves many: its maker never changes it. */
export interface StreamEnd {
  readonly reason: EndReason;
  readonly origin: EndOrigin;
  /** For people: the codec's own word for it, such as `CANCEL`. */
  readonly detail: string;
  /** Of a request that broke the rules behind its head: what the codec answers it; absent: nothing. */
  readonly answer?: CodecAnswer;
}
