// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../header-list.ts';
import type { Http2Stream, StreamEvents } from './stream.ts';

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
  /** Client role: a reset is held back, or so many were sent that the connection is crowded: call `sendHeldResets` now and then. */
  onResetsHeld?(): void;
  /** The peer acknowledged a `ping()`. */
  onPong?(): void;
  /** Server role: a request's header list was over the limits and was answered by the connection (431 or gRPC 8). `partial`: what was read of it. */
  onOversizedHead?(partial: HeaderList): void;
  /** Server role: a request's head broke HTTP/2, and its stream was reset. `partial`: what was read of it. */
  onMalformedHead?(partial: HeaderList): void;
  /** Server role: a stream over `maxConcurrentStreams` was refused. */
  onRefusedStream?(): void;
  /** The connection broke (or the peer broke it). GOAWAY is in the output; write it, then close the socket. */
  onFatal(errorCode: number, message: string): void;
}
