// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../header-list.ts';
import type { EndReason } from './end-reason.ts';
import type { MessageEvents, MessageStream } from './message-stream.ts';

/** Where a connection puts the bytes that are to be written. */
export interface OutputSink {
  /** `chunk` is never written to again. */
  write(chunk: Buffer): void;
}

/**
 * One connection that carries message streams, in either role: bytes in → events out, calls in → bytes out. It knows no
 * socket and no clock, and holds no buffer while it is idle. After `onFatal` or `close` it ignores everything.
 */
export interface MessageConnection {
  /** Open streams that their users still want. */
  readonly liveStreams: number;
  /** Streams that ended in order on both sides. */
  readonly endedStreams: number;
  /** Client role: `openStream` may succeed when there is capacity. */
  readonly isUsable: boolean;
  /** The peer began something and owes the rest: for owners that limit how long that may take. */
  readonly isInputPartial: boolean;

  /** One chunk of input, kept by reference. `nowMs`: any monotonic clock, for the flood budgets. */
  receive(chunk: Buffer, nowMs: number): void;
  /** The peer ended its side of the socket: nothing more comes, what we send may still be read. */
  receiveEnd(): void;
  /** Hands over all queued output, in as few buffers as possible. */
  takeOutput(sink: OutputSink): void;
  /** The owner cannot write now and leaves the output here. Returns the memory that it takes. */
  deferOutput(): number;
  /** Back-pressure of the socket: while true, `sendData` takes nothing. */
  outputBlocked(blocked: boolean): void;

  /** Client role: null when there is no capacity now; `onCapacity` tells when to try again. */
  openStream(events: MessageEvents): MessageStream | null;
  /** Graceful, first step: the peer is asked to open no more; what is under way is still served. */
  shutdown(): void;
  /** Graceful, last step: nothing new is taken from here on. */
  finishShutdown(): void;
  /** The socket is gone, or is about to be: every stream gets `onEnded` with the origin `connection`. */
  close(reason: EndReason): void;
}

/** What a connection tells its owner. */
export interface MessageConnectionEvents {
  /** Server role: a new stream; the returned receiver gets its events from `onHead` on. */
  onStream(stream: MessageStream): MessageEvents;
  /** There is output now and there was none before: the owner calls `takeOutput` before this tick ends. */
  onOutput(): void;
  /** The peer takes no new streams. Those that it left out were ended as `refused` first. */
  onGoingAway(): void;
  /** Client role: `openStream` may succeed again. */
  onCapacity(): void;
  /** Server role: the head of a request was over the limits, or broke the rules, and was answered or ended by the codec. `partial`: what was read of it. */
  onRefusedHead(why: 'oversized' | 'malformed', partial: HeaderList): void;
  /** All that there is to send is queued, and the connection is over: write it, then end the socket. */
  onFinished(): void;
  /** The connection broke, or the peer broke it: write what is queued, then end the socket. `message` is for people. */
  onFatal(reason: EndReason, message: string): void;
}
