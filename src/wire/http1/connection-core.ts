// SPDX-License-Identifier: Apache-2.0

import type { EndReason } from '../message/end-reason.ts';
import type { EndPacing } from '../message/message-connection.ts';
import { BodyReader } from './body-reader.ts';
import type { BodySink } from './chunk-gatherer.ts';
import { Http1Ending } from './ending.ts';
import type { FaultReason } from './fault.ts';
import { HeldInput } from './held-input.ts';
import type { Http1ConnectionOptions } from './outbound.ts';
import { SectionReader } from './section-reader.ts';
import { type Http1Stream, LOCAL_ENDED, REMOTE_ENDED } from './stream.ts';
import { type TrailerOwner, trailerList } from './trailers.ts';

const NOTHING = Buffer.alloc(0);

/**
 * What both roles of an HTTP/1.1 connection have in common (RFC 9112): input that is read, held or dropped, and the peer's body. What
 * leaves and how it ends is below, in `Http1Outbound` and `Http1Ending`. For the files of this folder; users see `MessageConnection`.
 *
 *     head ──► body ──► waiting ──► head …      one exchange at a time
 *       └────────┴─────────┴──► over            nothing is read any more
 */
export abstract class Http1Core extends Http1Ending implements BodySink, TrailerOwner {
  readonly version = 'HTTP/1.1';
  readonly greets = false;
  readonly wasAsked = true;
  /** A body may end with the connection. */
  readonly breaksAbruptly = true;
  readonly tellsBetween = false;
  readonly capacity = 1;
  readonly pacing: EndPacing | null = null;
  endedStreams = 0;
  readonly section: SectionReader = new SectionReader();
  readonly body: BodyReader;
  phase: 'head' | 'body' | 'waiting' | 'over' = 'head';
  /** The connection ends with the exchange. */
  closes = false;
  /** No further exchange is wanted. */
  isLeaving = false;
  /** The peer ended its side. */
  isInputOver = false;
  /** The owner reads its socket, as far as it was told. */
  wantsInput = true;
  /** Exchanges that were begun; their number is the name of the last one. */
  protected begunStreams = 0;
  readonly #held: HeldInput = new HeldInput();
  /** Body bytes that were given on and not consumed. */
  #unconsumed = 0;
  /** Memory of input that is kept, as the owner was told. */
  #toldInputBytes = 0;

  constructor(options: Http1ConnectionOptions, peer: 'client' | 'endpoint') {
    super(options);
    this.body = new BodyReader(this.section, this, options.limits, peer === 'endpoint');
  }

  get liveStreams(): number {
    return this.stream === null ? 0 : 1;
  }

  get activeStreams(): number {
    return this.liveStreams;
  }

  /** The peer said that the connection ends with what is under way. */
  get isPeerLeaving(): boolean {
    return this.isInputOver;
  }

  get isInputPartial(): boolean {
    return this.section.isPartial;
  }

  /** Heads and trailer sections that are owed are named by the exchange. */
  get partialHeadId(): number {
    return this.section.isPartial ? this.begunStreams + 1 : 0;
  }

  listStreams(): readonly Http1Stream[] {
    return this.stream === null ? [] : [this.stream];
  }

  /** There is no such question. */
  ping(): boolean {
    return false;
  }

  breakOff(reason: EndReason, message: string): void {
    this.break(reason, message);
    this.settle();
  }

  /** Reads one head of `chunk[at, to)`, or a part of it; where it stopped. */
  protected abstract readHead(chunk: Buffer, at: number, to: number): number;
  /** Internal: see `TrailerOwner`. */
  abstract barsTrailer(name: string): boolean;
  /** The peer's body is wrong. */
  protected abstract onFault(fault: string, reason?: FaultReason): void;
  /** Both sides of the stream ended in order; it is closed already. */
  protected abstract onExchanged(): void;
  /** The peer sent all, we did not; before its last event. */
  protected abstract onAheadOfUs(stream: Http1Stream): void;
  /** The peer ended its side, and the message that it owes does not end with that. */
  protected abstract onCutShort(): void;
  /** Nothing else is left to do now. */
  protected abstract onSettled(): void;

  receive(chunk: Buffer, _nowMs: number, end: number = chunk.length): void {
    if (this.phase === 'over') return;
    if (this.#held.bytes > 0) this.#held.append(chunk, 0, end);
    else {
      const next = this.#read(chunk, 0, end);
      if (next < end && !this.#isOver()) this.#held.append(chunk, next, end);
    }
    this.settle();
  }

  /** What is under way may still be answered, and read. */
  receiveEnd(): boolean {
    if (this.phase === 'over' || this.isInputOver) return true;
    this.isInputOver = true;
    if (this.stream !== null && this.phase === 'head') this.onCutShort();
    this.settle();
    return true;
  }

  /** All that came was read. */
  #onBodyOver(): void {
    if (this.body.endOfInput()) this.#endRemotely(NOTHING, 0, 0);
    else this.onCutShort();
  }

  close(reason: EndReason): void {
    this.endUntold(reason);
    this.#tellHeldInput();
  }

  consumed(_stream: Http1Stream, bytes: number): void {
    this.#unconsumed -= bytes;
    this.#tellWanted();
  }

  /** Internal: see `BodySink`. */
  onBody(chunk: Buffer, start: number, end: number): void {
    const { stream } = this;
    // What nobody wants is read past: `sendHead` saw to it that it is little, or that the connection ends.
    if (stream === null) return;
    if (this.body.isOver) this.#endRemotely(chunk, start, end);
    else {
      this.#unconsumed += end - start;
      stream.events.onData(stream, chunk, start, end, false);
    }
  }

  protected override endLocally(stream: Http1Stream): void {
    stream.flags |= LOCAL_ENDED;
    if (stream.flags & REMOTE_ENDED) this.#exchanged(stream);
    else if (this.writer.isTunnel) this.endOutput();
  }

  /** The peer's message has no body: before the event that says so. */
  protected endWithHead(stream: Http1Stream): void {
    stream.flags |= REMOTE_ENDED;
    this.phase = 'waiting';
    if (stream.flags & LOCAL_ENDED) this.#exchanged(stream);
    else this.onAheadOfUs(stream);
  }

  protected override forgetStream(stream: Http1Stream): void {
    super.forgetStream(stream);
    this.#unconsumed = 0;
  }

  /** Whether input waits for its time. */
  protected get hasHeldInput(): boolean {
    return this.#held.bytes > 0;
  }

  protected override leave(): void {
    this.phase = 'over';
    this.#held.clear();
    this.section.leave();
  }

  #isOver(): boolean {
    return this.phase === 'over';
  }

  /** Where it stopped: the rest is for later. */
  #read(chunk: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && this.#takesInput()) {
      at = this.phase === 'body' ? this.#readBody(chunk, at, to) : this.readHead(chunk, at, to);
    }
    return at;
  }

  /** A request is looked at when the one before is answered, and the answers before leave. */
  #takesInput(): boolean {
    if (this.phase === 'body') return true;
    return this.phase === 'head' && (this.liveHead() || this.sendable() > 0);
  }

  /** Whether heads are read whatever output waits. */
  protected liveHead(): boolean {
    return false;
  }

  #readBody(chunk: Buffer, at: number, to: number): number {
    const { body } = this;
    const next = body.read(chunk, at, to);
    if (this.#isOver()) return next;
    if (body.fault !== null) this.onFault(body.fault, body.faultReason);
    else if (body.isOver && this.phase === 'body') this.#endOfBody();
    return next;
  }

  /** The body ended after its last piece was given on. */
  #endOfBody(): void {
    const { stream } = this;
    const { hasTrailers } = this.body;
    const trailers = hasTrailers ? trailerList(this.section, this) : null;
    if (hasTrailers && trailers === null) this.onFault('a trailer is malformed');
    else if (trailers === null || stream === null) this.#endRemotely(NOTHING, 0, 0);
    else {
      const fields = this.memory.builder.fields();
      this.endWithHead(stream);
      stream.events.onTrailers(stream, trailers, fields);
    }
  }

  #endRemotely(chunk: Buffer, start: number, end: number): void {
    const { stream } = this;
    if (stream === null) {
      this.onExchanged();
      return;
    }
    this.#unconsumed += end - start;
    this.endWithHead(stream);
    stream.events.onData(stream, chunk, start, end, true);
  }

  #exchanged(stream: Http1Stream): void {
    this.endedStreams++;
    this.forgetStream(stream);
    this.onExchanged();
  }

  /** The head that came last is kept, if it is short: of that nothing is worth giving back. */
  rest(): void {}

  /** Reads what waited, and tells the owner what changed. At the end of everything that is called from outside a stream. */
  protected override settle(): void {
    while (this.#held.bytes > 0 && this.#takesInput()) {
      const view = this.#held.view();
      const next = this.#read(view, 0, view.length);
      if (!this.#isOver()) this.#held.taken(next);
    }
    if (this.isInputOver && this.phase === 'body' && this.#held.bytes === 0) this.#onBodyOver();
    if (!this.#isOver()) this.onSettled();
    this.#tellWanted();
    this.tellEnds();
    if (this.#held.heldBytes + this.section.heldBytes !== this.#toldInputBytes) this.#tellHeldInput();
  }

  #tellHeldInput(): void {
    const bytes = this.#held.heldBytes + this.section.heldBytes;
    const change = bytes - this.#toldInputBytes;
    this.#toldInputBytes = bytes;
    if (change !== 0) this.events.onHeldInput?.(change);
  }

  #tellWanted(): void {
    const { streamWindowBytes } = this.limits;
    const most = this.wantsInput ? streamWindowBytes : streamWindowBytes >> 1;
    const isRoom = this.#unconsumed < most && this.#held.bytes < most;
    const wanted = isRoom || this.#isOver();
    if (wanted === this.wantsInput) return;
    this.wantsInput = wanted;
    this.events.onInputWanted?.(wanted);
  }
}
