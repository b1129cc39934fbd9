// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../head/header-list.ts';
import type { OutputSink } from '../output/output.ts';
import type { CodecAnswer, EndReason, StreamEnd } from './end-reason.ts';
import type { HttpVersion, MessageEvents, MessageStream } from './message-stream.ts';

/**
 * One connection that carries message streams, in either role: bytes in → events out, calls in → bytes out. It knows no
 * socket and no clock, and holds no buffer while it is idle. After `onFatal` or `close` it ignores everything.
 */
export interface MessageConnection {
  /** What it speaks; for people. */
  readonly version: HttpVersion;
  /** Client role: a peer says that it speaks the version before it is asked anything: `onPeerLimits` is its word, not ours. */
  readonly greets: boolean;
  /** Streams that are open on the wire, those opened but not yet sent included. */
  readonly activeStreams: number;
  /** Of these, the ones that their users still want. */
  readonly liveStreams: number;
  /** Streams that ended in order on both sides. */
  readonly endedStreams: number;
  /** Client role: the peer began an answer, whatever became of it: it is there, and speaks the version. */
  readonly hasAnswered: boolean;
  /** Client role: the peer said that it looked at a request, or is of a version that does not say whether it did. */
  readonly wasAsked: boolean;
  /** Client role: how many streams the peer allows at a time; 0: none now, or not known yet. `onPeerLimits` tells. */
  readonly capacity: number;
  /** Client role: `openStream` may succeed when there is capacity. */
  readonly isUsable: boolean;
  /** Client role: how long a connection without streams may be kept before its peer may end it; null: as long as the owner likes. */
  readonly idleLimitMs: number | null;
  /** The peer said that it takes no new streams. */
  readonly isPeerLeaving: boolean;
  /** The peer began something and owes the rest: for owners that limit how long that may take. */
  readonly isInputPartial: boolean;
  /** Server role: names the head that the peer began and owes the rest of; 0: none. Nothing else can be received meanwhile. */
  readonly partialHeadId: number;
  /** Client role: what a version does whose streams end one by one while their connection goes on; null: not this one. */
  readonly pacing: EndPacing | null;
  /**
   * After `onFatal` the peer could take the end of the socket for the end of a message: the owner resets the socket, and what is
   * queued is lost. False: it is written first, then the socket ends in order.
   */
  readonly breaksAbruptly: boolean;
  /** The peer can be told between two messages that no more are taken; else only with the next one. */
  readonly tellsBetween: boolean;

  /** Input, `chunk[0, end)`, of which nothing is kept. `nowMs`: any monotonic clock, for the flood budgets. `end`: default all. */
  receive(chunk: Buffer, nowMs: number, end?: number): void;
  /**
   * The peer ended its side of the socket: nothing more comes. True when what we send may still be read: the owner leaves our
   * side open until `onFinished`. False: the connection is over for both sides.
   */
  receiveEnd(): boolean;
  /** Hands over all queued output, in as few buffers as possible. Streams that waited for room may add more (`onOutput` tells). */
  takeOutput(sink: OutputSink): void;
  /** The owner cannot write now and leaves the output here: `onOutput` fires when there is more. Returns the memory that it takes. */
  deferOutput(): number;
  /** Gives back memory that is only taken to be quick. At any time. */
  rest(): void;
  /** Back-pressure of the socket: while true, `sendData` takes nothing. False: all that was handed over is out, whether or not it was blocked. */
  outputBlocked(blocked: boolean): void;

  /** Client role: null when there is no capacity now; `onCapacity` tells when to try again. */
  openStream(events: MessageEvents): MessageStream | null;
  /** Client role: `openStream` succeeds for no more than this many streams in all. */
  allowStreams(count: number): void;
  /** The open streams of this moment, oldest first. */
  listStreams(): readonly MessageStream[];
  /** Asks the peer for a sign of life: `onPong` follows. False: the version has no such question, and nothing follows. */
  ping(): boolean;
  /** Graceful, first step: the peer is asked to open no more; what is under way is still served. */
  shutdown(): void;
  /** Graceful, last step: nothing new is taken from here on. */
  finishShutdown(): void;
  /** Breaks the connection: the peer is told in the version's words, every stream ends, `onFatal` follows. */
  breakOff(reason: EndReason, message: string): void;
  /** The socket is gone, or is about to be: every stream gets `onEnded` with the origin `connection`. */
  close(reason: EndReason): void;
}

/** Streams that were given up may stay open on the wire for a while, for the peer's sake. */
export interface EndPacing {
  /** Ends are held back. */
  readonly hasHeldEnds: boolean;
  /** So many streams were given up that new ones should go to another connection. */
  readonly isCrowded: boolean;
  /** Sends those whose time has come. Call now and then after `onEndsHeld`. */
  sendHeldEnds(): void;
}

/** What a connection tells its owner. */
export interface MessageConnectionEvents {
  /** Server role: a new stream; the returned receiver gets its events from `onHead` on. */
  onStream(stream: MessageStream): MessageEvents;
  /** There is output now and there was none before: the owner calls `takeOutput` before this tick ends. */
  onOutput(): void;
  /**
   * The peer takes no new streams. Those that it left out were ended before, with the origin `leaving`; `taken`: how many it did
   * take then, of all that were opened; null: it left none out.
   */
  onGoingAway(taken: number | null): void;
  /** Client role: `openStream` may succeed again: a stream ended, or the peer allows more. */
  onCapacity(): void;
  /** All that there is to send is queued, and the connection is over: write it, then end the socket. */
  onFinished(): void;
  /**
   * The connection broke: end the socket as `breaksAbruptly` says. `end.origin` is `codec` where it is for what the peer sent, else `connection`. `end.detail` is one of few words, for
   * metrics; `message` is for people.
   */
  onFatal(end: StreamEnd, message: string): void;
  /** The peer speaks the version, and its `capacity` is known, or may have changed. With the first `takeOutput` where peers need not say so. */
  onPeerLimits?(): void;
  /** Client role: an upgrade was granted, and the connection carries nothing else from now on. Of its stream this is the first word. */
  onDedicated?(): void;
  /** We send no more, the peer may: end the writing side of the socket when what is queued is written. */
  onOutputEnded?(): void;
  /** The peer answered a `ping`. */
  onPong?(): void;
  /** Client role: see `EndPacing`. */
  onEndsHeld?(): void;
  /** As much is held as may be, or it is no longer: false, the owner stops reading its socket; true, it reads again. What comes meanwhile is taken. From within any call. */
  onInputWanted?(wanted: boolean): void;
  /**
   * Input that waits for its time, or for its rest, or that the next is read sooner by, takes this many bytes of memory more (or, negative,
   * fewer). Last in any call, which may break the connection off; all is given back with `close`.
   */
  onHeldInput?(change: number): void;
  /**
   * Server role: the head of a request was over the limits, or broke the rules, and was answered or ended by the codec. `partial`: what was
   * read of it. `answer`: what it was answered, where that does not follow from `why`.
   */
  onRefusedHead?(why: 'oversized' | 'malformed', partial: HeaderList, answer?: CodecAnswer): void;
  /** Server role: a stream over the limit of concurrent ones was refused. */
  onRefusedStream?(): void;
}
