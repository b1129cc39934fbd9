// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../head/header-list.ts';
import type { VolatileFields } from '../head/volatile-fields.ts';
import type { EndReason } from '../message/end-reason.ts';
import type { EndPacing, MessageConnection } from '../message/message-connection.ts';
import type { MessageEvents } from '../message/message-stream.ts';
import type { OutputSink } from '../output/output.ts';
import { ConnectionCore, type Http2ConnectionOptions } from './connection-core.ts';
import { codeOf, endOf } from './end-words.ts';
import { ErrorCode } from './error-code.ts';
import { CONTINUATION, DATA, HEADERS, MAX_31_BITS, PING, RST_STREAM, WINDOW_UPDATE } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { receiveControl } from './inbound-control.ts';
import { DataReceiver } from './inbound-data.ts';
import { HeadersReceiver } from './inbound-headers.ts';
import { sendBlock, sendData } from './outbound.ts';
import {
  ABANDONED,
  CLOSED,
  HEAD_SENT,
  Http2Stream,
  LOCAL_ENDED,
  REMOTE_ENDED,
  type StreamConnection,
} from './stream.ts';
import { takeCredit } from './window-growth.ts';
import { writeFrameHeader } from './write-frame.ts';

/**
 * One HTTP/2 connection (RFC 9113), either role: bytes in → events out, calls in → bytes out. No sockets, no clock.
 *
 * - Its preface and SETTINGS are its first output: call `takeOutput` once when the socket is there, then after each `onOutput`.
 * - Stream events fire from within `receive`, `takeOutput`, `outputBlocked(false)` and `close`, never from within a call on a stream.
 * - Per request it allocates the stream, and strings for volatile fields; per frame nothing. An idle one holds no buffers.
 * - After `onFatal` or `close` it ignores everything.
 *
 * Users see a `MessageConnection`. What it inherits from `ConnectionCore` is internal, and so is what takes a stream: its streams call it.
 */
export class Http2Connection extends ConnectionCore implements MessageConnection, StreamConnection, EndPacing {
  readonly version = 'HTTP/2';
  readonly greets = true;
  /** GOAWAY and RST_STREAM say what is not whole. */
  readonly breaksAbruptly = false;
  readonly tellsBetween = true;
  /** A peer that leaves says which streams it did not look at. */
  readonly idleLimitMs = null;
  readonly #reader: FrameReader;
  readonly #headers: HeadersReceiver;
  readonly #data: DataReceiver;

  constructor(options: Http2ConnectionOptions) {
    super(options);
    this.#headers = new HeadersReceiver(this);
    this.#data = new DataReceiver(this);
    this.#reader = new FrameReader(this, options.role === 'server');
  }

  /** Open streams that their users still want. */
  get liveStreams(): number {
    return this.activeStreams - (this.pacer?.held ?? 0);
  }

  /** Client role: what the peer's SETTINGS allow. */
  get capacity(): number {
    return this.peer.isKnown ? this.peer.maxConcurrentStreams : 0;
  }

  get pacing(): EndPacing | null {
    return this.pacer === null ? null : this;
  }

  /** Client role: resets are held back; see `ResetPacer`. */
  get hasHeldEnds(): boolean {
    return this.pacer !== null && this.pacer.held > 0;
  }

  /** Client role: so many streams were given up that new ones should go to another connection. */
  get isCrowded(): boolean {
    return this.pacer?.isCrowded(this.endedStreams) === true;
  }

  /** Whether the peer began a frame or a header block and owes the rest: for owners that limit how long that may take. */
  get isInputPartial(): boolean {
    return this.#reader.isPartial || this.#headers.isPartial;
  }

  /** The stream whose header block the peer began and owes the rest of; 0: none. Nothing else can be received meanwhile. */
  get partialHeadId(): number {
    return this.#headers.partialId || this.#reader.partialHeadId;
  }

  /**
   * Input, `chunk[0, end)`; events fire synchronously. Nothing of it is kept: the chunk may be used again afterwards.
   * `nowMs`: any monotonic clock, for the flood budgets.
   */
  receive(chunk: Buffer, nowMs: number, end: number = chunk.length): void {
    if (this.broken) return;
    this.nowMs = nowMs;
    this.begin();
    this.#reader.read(chunk, end);
    this.checkUnread();
    this.announceCapacity();
    if (this.keptBytes !== this.toldBytes) this.tellKept();
  }

  /** HTTP/2 has no half-closed connections: a peer that ends its side is gone. */
  receiveEnd(): boolean {
    return false;
  }

  listStreams(): readonly Http2Stream[] {
    return this.streams.all();
  }

  /**
   * Client role: null when the peer's limit, GOAWAY or the id space forbids it; `onCapacity` tells when to try again. Its id
   * is 0 until `sendHead`, so that ids rise on the wire in whatever order heads are sent.
   */
  openStream(events: MessageEvents): Http2Stream | null {
    if (!this.isUsable) return null;
    if (this.activeStreams >= this.peer.maxConcurrentStreams) {
      this.wantsCapacity = true;
      return null;
    }
    const stream = new Http2Stream(this, 0, events, this.peer.initialWindowBytes, this.limits.streamWindowBytes);
    this.activeStreams++;
    this.unsent.add(stream);
    return stream;
  }

  /** Client role: `openStream` succeeds for no more than this many streams in all. */
  allowStreams(count: number): void {
    this.lastAllowedId = Math.min(MAX_31_BITS, 2 * count - 1);
  }

  /** Client role: sends the resets that were held back and whose time has come. Call now and then after `onEndsHeld`. */
  sendHeldEnds(): void {
    if (this.broken) return;
    this.pacer?.release((stream, errorCode) => {
      this.closeStream(stream);
      this.resets.add(stream.id);
      this.writeControl(RST_STREAM, stream.id, errorCode);
    });
    this.announceCapacity();
  }

  /** Sends the final head. */
  sendHead(stream: Http2Stream, head: HeaderList, fields: VolatileFields, endStream: boolean): void {
    if (this.broken || stream.flags & (CLOSED | LOCAL_ENDED | HEAD_SENT)) return;
    stream.flags |= HEAD_SENT;
    sendBlock(this, stream, head, fields, endStream);
  }

  /** Server role: a head as any other (RFC 8441 §5), behind which only data go both ways. */
  upgrade(stream: Http2Stream, head: HeaderList, fields: VolatileFields): void {
    this.sendHead(stream, head, fields, false);
  }

  /** Sends an interim response (1xx); server role. Left out where so much is queued that only a flood of them can be why. */
  sendInformational(stream: Http2Stream, head: HeaderList, fields: VolatileFields): void {
    if (this.broken || stream.flags & (CLOSED | LOCAL_ENDED | HEAD_SENT)) return;
    // One without fields is small, and a client may wait for it (100).
    const isBare = head.names.length === 1 && fields === null;
    if (!isBare && this.output.queuedBytes >= this.limits.maxUnreadBytes / 2) return;
    sendBlock(this, stream, head, fields, false);
  }

  /**
   * Returns the bytes taken of `chunk[start, end)`; the rest again after `onWritable`. `endStream` counts only when all was
   * taken, as an empty slice always is. A closed stream takes all and drops it. What is taken is copied.
   */
  sendData(stream: Http2Stream, chunk: Buffer, start: number, end: number, endStream: boolean): number {
    if (this.broken || stream.flags & (CLOSED | LOCAL_ENDED | ABANDONED)) return end - start;
    return sendData(this, stream, chunk, start, end, endStream);
  }

  /** Ends our side. All data must have been taken. */
  sendTrailers(stream: Http2Stream, trailers: HeaderList, fields: VolatileFields): void {
    if (this.broken || stream.flags & (CLOSED | LOCAL_ENDED | ABANDONED)) return;
    sendBlock(this, stream, trailers, fields, true);
  }

  /**
   * Sends RST_STREAM, which a client may hold back for a while; no event follows on this stream. A server that has answered and does not want the rest of the
   * request uses NO_ERROR (§8.1).
   */
  reset(stream: Http2Stream, errorCode: number): void {
    if (stream.flags & (CLOSED | ABANDONED)) return;
    if (this.broken || stream.id === 0) {
      this.closeStream(stream);
      if (!this.broken) this.announceCapacity();
      return;
    }
    this.resetPaced(stream, errorCode);
  }

  /** Gives received bytes back to the peer's window, in portions of at least half a window. */
  consumed(stream: Http2Stream, bytes: number): void {
    if (this.broken || stream.flags & (CLOSED | REMOTE_ENDED | ABANDONED)) return;
    stream.returnable += bytes;
    const credit = takeCredit(this, stream);
    if (credit > 0) this.writeControl(WINDOW_UPDATE, stream.id, credit);
  }

  /** Sends GOAWAY; streams above `lastStreamId` (default: the last one the peer opened) are refused from then on. */
  goaway(errorCode: number, lastStreamId: number = this.lastPeerId): void {
    if (this.broken) return;
    this.begin();
    this.goawayId = Math.min(this.goawayId, lastStreamId);
    this.writeGoaway(errorCode);
  }

  /** Graceful, first step: GOAWAY(2^31-1). The peer opens no more; what is under way is still served. */
  shutdown(): void {
    this.goaway(ErrorCode.NO_ERROR, MAX_31_BITS);
  }

  /** Graceful, second step, a round trip later: GOAWAY with the last stream served. */
  finishShutdown(): void {
    this.goaway(ErrorCode.NO_ERROR);
  }

  /** Sends a PING; `onPong` is called on its acknowledgement. */
  ping(): boolean {
    if (this.broken) return true;
    this.begin();
    this.output.room(17);
    writeFrameHeader(this.output, 8, PING, 0, 0);
    this.output.uint32(0);
    this.output.uint32(0);
    this.wrote(17);
    return true;
  }

  /** Hands over all queued output, in as few buffers as possible. Streams that waited for room may add more (`onOutput` tells). */
  takeOutput(sink: OutputSink): void {
    if (!this.broken) this.begin();
    this.isSignalled = false;
    this.output.take(sink);
    if (sink.hasFailed !== true) this.handedOverId = this.nextId - 2;
    if (this.broken) return;
    if (!this.isBlocked) this.forgetUnread();
    this.checkUnread();
    this.sendQueue.wake();
    this.announceCapacity();
  }

  /** The owner cannot write now and leaves the output here: `onOutput` fires when there is more. Returns the memory that it takes. */
  deferOutput(): number {
    this.isSignalled = false;
    return this.output.heldBytes;
  }

  /** Back-pressure of the socket: while true, `sendData` takes nothing. False: all that was handed over is out. */
  outputBlocked(blocked: boolean): void {
    this.isBlocked = blocked;
    if (blocked) return;
    this.output.written();
    if (this.broken) return;
    this.forgetUnread();
    this.sendQueue.wake();
  }

  breakOff(reason: EndReason, message: string): void {
    this.failByOwner(codeOf(reason), message);
  }

  close(reason: EndReason): void {
    this.broken = true;
    this.endAll(endOf(codeOf(reason), 'connection'));
    this.heldInputBytes = 0;
    this.rest();
  }

  /** Internal: see `FrameHandler`. */
  onFrame(type: number, flags: number, id: number, chunk: Buffer, start: number, end: number): void {
    if (type === HEADERS) this.#headers.onHeaders(flags, id, chunk, start, end);
    else if (type === CONTINUATION) this.#headers.onContinuation(flags, id, chunk, start, end);
    else if (this.#headers.isExpected(type)) receiveControl(this, type, flags, id, chunk, start, end);
  }

  /** Internal: see `FrameHandler`. */
  holds(change: number): void {
    this.heldInputBytes += change;
  }

  /** Internal: see `FrameHandler`. */
  onDataFrame(flags: number, id: number, length: number): void {
    if (this.#headers.isExpected(DATA)) this.#data.onFrame(flags, id, length);
  }

  /** Internal: see `FrameHandler`. */
  onDataPiece(chunk: Buffer, start: number, end: number): void {
    this.#data.onPiece(chunk, start, end);
  }
}
