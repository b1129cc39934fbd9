// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../head/header-list.ts';
import type { VolatileFields } from '../head/volatile-fields.ts';
import type { EndReason, StreamEnd } from './end-reason.ts';
import type { WindowAccount } from './window-account.ts';

/** As people write it; that of HTTP/1.0 is 1.1, which we speak to such peers too (RFC 9110 §6.2). */
export type HttpVersion = 'HTTP/2' | 'HTTP/1.1';

/**
 * One request and its response, whatever version of HTTP carries them: what a codec gives to everything above it.
 *
 *     idle ──head──► open ──our end──► half-closed (local) ──┐
 *                     └──peer's end─► half-closed (remote) ──┴─► closed
 *
 * A head is said in HTTP/2's words in every version: `:method`, `:scheme`, `:authority`, `:path` and `:status` first, names
 * in lower case, no field that is about a connection. A request that asks for an upgrade has `:protocol` (RFC 8441 §4), and `:method` is
 * GET where HTTP/2 has CONNECT; no content is behind its head, and the bytes that follow are for whom it is granted. The keys by which a
 * WebSocket is proved to one hop (RFC 6455 §1.3) are the codecs' own.
 *
 * Calls after the end have no effect; `sendData` takes all then, and drops it. No event fires from within a call on a stream.
 */
export interface MessageStream {
  /** For people: grows from stream to stream of a connection. 0: ours, and its head is not sent. */
  readonly id: number;
  /** Of the protocol that carries it. */
  readonly version: HttpVersion;
  /** Its connection carries other streams beside it. */
  readonly isShared: boolean;
  /** The status by which its client is told that an upgrade is granted. */
  readonly grantStatus: number;
  /** Who gets the events. May be replaced. */
  events: MessageEvents;
  /** Nothing more will come or can be sent. */
  readonly isClosed: boolean;
  /** Client role, before the head is sent: the peer can be asked for the upgrade that `head` asks for. */
  mayUpgrade(head: HeaderList): boolean;
  /** No larger, as header lists are counted (RFC 9113 §6.5.2), than the peer said that it takes: peers end their connection for such. */
  takesList(list: HeaderList, fields: VolatileFields): boolean;
  /** Sends the final head. `end`: nothing follows. */
  sendHead(head: HeaderList, fields: VolatileFields, end: boolean): void;
  /** Sends an interim response (1xx); a server's only. Left out where the peer cannot take one (HTTP/1.0). */
  sendInformational(head: HeaderList, fields: VolatileFields): void;
  /**
   * Returns the bytes taken of `chunk[start, end)`; the rest again after `onWritable`. `last` counts only when all was
   * taken, as an empty slice always is. What is taken is copied.
   */
  sendData(chunk: Buffer, start: number, end: number, last: boolean): number;
  /** Ends our side. All data must have been taken. Dropped, with the end kept, where the message cannot have trailers. */
  sendTrailers(trailers: HeaderList, fields: VolatileFields): void;
  /** Grants the upgrade that the request asked for; a server's only, in place of `sendHead`. From here on data are bytes both ways, each of which ends by itself. */
  upgrade(head: HeaderList, fields: VolatileFields): void;
  /** Ends both sides at once; no event follows. */
  reset(reason: EndReason): void;
  /** `bytes` of what `onData` gave are no longer held: the peer may send as many again. */
  consumed(bytes: number): void;
}

/** What a stream tells its user; called from within the connection's `receive`, `takeOutput`, `outputBlocked` and `close`. */
export interface MessageEvents {
  /** Who is charged with what waits of the stream; undefined: nobody, so that its window does not grow. */
  readonly windows?: WindowAccount;
  /** A request (server role) or the final response head (client role). `end`: nothing follows (trailers-only for gRPC). */
  onHead(stream: MessageStream, head: HeaderList, fields: VolatileFields, end: boolean): void;
  /** An interim response (1xx); client role only. */
  onInformational(stream: MessageStream, head: HeaderList, fields: VolatileFields): void;
  /** The upgrade that we asked for was granted; client role only, in place of `onHead`. From here on data are bytes both ways, and may be sent. Of those who never ask, nobody needs it. */
  onUpgraded?(stream: MessageStream, head: HeaderList, fields: VolatileFields): void;
  /**
   * `chunk[start, end)` is a view of the input, valid during the call: what is to be kept is copied. Its bytes count against
   * what the peer may send until `consumed` gives them back.
   */
  onData(stream: MessageStream, chunk: Buffer, start: number, end: number, last: boolean): void;
  onTrailers(stream: MessageStream, trailers: HeaderList, fields: VolatileFields): void;
  /** After `sendData` took less than it was offered: it can take more now. */
  onWritable(stream: MessageStream): void;
  /**
   * The stream ended before its message was whole. Last event; the stream is closed.
   */
  onEnded(stream: MessageStream, end: StreamEnd): void;
}

/** For streams without a user: before `onStream` returned, or answered by the connection itself. */
export const NO_EVENTS: MessageEvents = {
  onHead() {},
  onInformational() {},
  onUpgraded() {},
  onData() {},
  onTrailers() {},
  onWritable() {},
  onEnded() {},
};
