// SPDX-License-Identifier: Apache-2.0

import type { HeaderList, VolatileFields } from '../header-list.ts';
import type { Http2Stream } from './stream.ts';

/** What a stream tells its user. Called synchronously from `Http2Connection.receive` (or `flush`), never re-entrantly for one stream. */
export interface StreamEvents {
  /** A request (server role) or a response head (client role). `endStream`: nothing follows (trailers-only for gRPC). */
  onHead(stream: Http2Stream, head: HeaderList, fields: VolatileFields, endStream: boolean): void;
  /** An interim response (1xx); client role only. */
  onInformational(stream: Http2Stream, head: HeaderList, fields: VolatileFields): void;
  /**
   * `chunk[start, end)` is a view of the input: valid during the call, and as long as it is kept (the input is not
   * reused). Its bytes count against the receive window until `connection.consumed` gives them back.
   */
  onData(stream: Http2Stream, chunk: Buffer, start: number, end: number, endStream: boolean): void;
  onTrailers(stream: Http2Stream, trailers: HeaderList, fields: VolatileFields): void;
  /** The peer reset the stream, broke the protocol on it, or the connection is gone. Last event; the stream is closed. */
  onReset(stream: Http2Stream, errorCode: number, origin: 'peer' | 'protocol' | 'connection'): void;
  /** After `sendData` took less than it was offered: it can take more now. */
  onWritable(stream: Http2Stream): void;
}

/** What a connection tells its owner. */
export interface ConnectionEvents {
  /** Server role: a new stream; the returned receiver gets its events from `onHead` on. */
  onStream(stream: Http2Stream): StreamEvents;
  /** There is output now and there was none before: the owner calls `takeOutput` before this tick ends. */
  onOutput(): void;
  /** The peer will take no new streams; streams above `lastStreamId` get `onReset(REFUSED_STREAM, 'peer')` first. */
  onGoaway(errorCode: number, lastStreamId: number): void;
  /** Client role: `openStream` may succeed again (a stream ended, or the peer raised its limit). */
  onCapacity(): void;
  /** The peer's SETTINGS were applied. The first ones mean that it speaks HTTP/2 and that its limits are known. */
  onSettings?(): void;
  /** The peer acknowledged a `ping()`. */
  onPong?(): void;
  /** Server role: a request's header list was over the limits and was answered by the connection (431 or gRPC 8). `partial`: what was read of it. */
  onOversizedHead?(partial: HeaderList): void;
  /** The connection broke (or the peer broke it). GOAWAY is in the output; write it, then close the socket. */
  onFatal(errorCode: number, message: string): void;
}
