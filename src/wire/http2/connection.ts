// SPDX-License-Identifier: Apache-2.0

import type { HeaderList, VolatileFields } from '../header-list.ts';
import { ErrorCode } from './error-code.ts';
import type { ConnectionEvents, StreamEvents } from './events.ts';
import { FloodBudget } from './flood-budget.ts';
import { GOAWAY, MAX_31_BITS, PING, RST_STREAM, WINDOW_UPDATE } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import type { HeaderListPool } from './header-list-pool.ts';
import { HpackDecoder } from './hpack/decoder.ts';
import { HpackEncoder } from './hpack/encoder.ts';
import { receiveControl } from './inbound-control.ts';
import { DataReceiver } from './inbound-data.ts';
import { HeadersReceiver } from './inbound-headers.ts';
import type { Http2Limits } from './limits.ts';
import { sendBlock, sendData, writePreamble } from './outbound.ts';
import { Output, type OutputSink } from './output.ts';
import { ResetMemory } from './reset-memory.ts';
import { SendQueue } from './send-queue.ts';
import { PeerSettings } from './settings.ts';
import { CLOSED, HEAD_SENT, Http2Stream, LOCAL_ENDED, REMOTE_ENDED } from './stream.ts';
import { StreamTable } from './stream-table.ts';

export interface Http2ConnectionOptions {
  readonly role: 'server' | 'client';
  readonly events: ConnectionEvents;
  readonly limits: Http2Limits;
  /** One per worker: connections that share a pool share lists and output memory. */
  readonly lists: HeaderListPool;
}

/**
 * One HTTP/2 connection (RFC 9113), either role: bytes in → events out, calls in → bytes out. No sockets, no clock.
 *
 * - Its preface and SETTINGS are its first output: call `takeOutput` once when the socket is there, then after each `onOutput`.
 * - Events fire from within `receive`, `takeOutput`, `outputBlocked(false)` and `close`, never from within the calls on streams.
 * - Per request it allocates the stream, and strings for volatile fields; per frame nothing. An idle one holds no buffers.
 * - After `onFatal` or `close` it ignores everything.
 *
 * Fields marked internal belong to the files of this folder.
 */
export class Http2Connection {
  readonly role: 'server' | 'client';
  /** Streams that are open or half-closed, those opened but not yet sent included. */
  activeStreams = 0;

  /** Internal from here on. */
  readonly events: ConnectionEvents;
  readonly limits: Http2Limits;
  readonly output: Output;
  readonly peer: PeerSettings = new PeerSettings();
  readonly streams: StreamTable = new StreamTable();
  readonly decoder: HpackDecoder;
  readonly encoder: HpackEncoder = new HpackEncoder();
  readonly budget: FloodBudget;
  readonly sendQueue: SendQueue;
  readonly resets: ResetMemory = new ResetMemory();
  broken = false;
  nowMs = 0;
  /** What the peer lets the connection send. */
  sendWindow = 65_535;
  isBlocked = false;
  /** Highest stream id the peer opened (server role) or the next id of ours (client role). */
  lastPeerId = 0;
  nextId = 1;
  /** What our GOAWAY named, and whether the peer sent one. */
  goawayId = MAX_31_BITS;
  isPeerLeaving = false;
  wantsCapacity = false;
  readonly #reader: FrameReader;
  readonly #headers: HeadersReceiver;
  readonly #data: DataReceiver;
  #hasBegun = false;
  #isSignalled = false;
  #unreadBytes = 0;
  #queuedResets = 0;

  constructor(options: Http2ConnectionOptions) {
    this.role = options.role;
    this.events = options.events;
    this.limits = options.limits;
    this.output = new Output(options.lists.slabs);
    this.decoder = new HpackDecoder(options.lists, options.limits);
    this.budget = new FloodBudget(options.limits);
    this.sendQueue = new SendQueue(this);
    this.#headers = new HeadersReceiver(this);
    this.#data = new DataReceiver(this);
    this.#reader = new FrameReader(this, options.role === 'server');
  }

  /** Client role: whether `openStream` may ever succeed again: no GOAWAY from the peer, ids left, not broken. */
  get isUsable(): boolean {
    return !this.broken && !this.isPeerLeaving && this.nextId <= MAX_31_BITS;
  }

  /**
   * One chunk of input; events fire synchronously. The chunk is kept by reference and must not be reused.
   * `nowMs`: any monotonic clock, for the flood budgets.
   */
  receive(chunk: Buffer, nowMs: number): void {
    if (this.broken) return;
    this.nowMs = nowMs;
    this.begin();
    this.#reader.read(chunk);
    this.#checkUnread();
    this.announceCapacity();
  }

  /** Client role: null when the peer's limit, GOAWAY or the id space forbids it; `onCapacity` tells when to try again. Its id is 0 until `sendHead`. */
  openStream(events: StreamEvents): Http2Stream | null {
    if (!this.isUsable) return null;
    if (this.activeStreams >= this.peer.maxConcurrentStreams) {
      this.wantsCapacity = true;
      return null;
    }
    this.activeStreams++;
    return new Http2Stream(this, 0, events, this.peer.initialWindowBytes, this.limits.streamWindowBytes);
  }

  /** The final head. */
  sendHead(stream: Http2Stream, head: HeaderList, fields: VolatileFields, endStream: boolean): void {
    if (this.broken || stream.flags & (CLOSED | LOCAL_ENDED | HEAD_SENT)) return;
    stream.flags |= HEAD_SENT;
    sendBlock(this, stream, head, fields, endStream);
  }

  /** An interim response (1xx); server role. */
  sendInformational(stream: Http2Stream, head: HeaderList, fields: VolatileFields): void {
    if (this.broken || stream.flags & (CLOSED | LOCAL_ENDED | HEAD_SENT)) return;
    sendBlock(this, stream, head, fields, false);
  }

  /**
   * Returns the bytes taken of `chunk[start, end)`; the rest again after `onWritable`. `endStream` counts only when all was
   * taken, as an empty slice always is. A closed stream takes all and drops it. Large slices are kept by reference: do not change them.
   */
  sendData(stream: Http2Stream, chunk: Buffer, start: number, end: number, endStream: boolean): number {
    if (this.broken || stream.flags & (CLOSED | LOCAL_ENDED)) return end - start;
    return sendData(this, stream, chunk, start, end, endStream);
  }

  /** Ends our side. All data must have been taken. */
  sendTrailers(stream: Http2Stream, trailers: HeaderList, fields: VolatileFields): void {
    if (this.broken || stream.flags & (CLOSED | LOCAL_ENDED)) return;
    sendBlock(this, stream, trailers, fields, true);
  }

  /** RST_STREAM; no event follows on this stream. A server that has answered a request it does not want to read to the end uses NO_ERROR. */
  reset(stream: Http2Stream, errorCode: number): void {
    if (stream.flags & CLOSED) return;
    this.closeStream(stream);
    if (stream.id === 0 || this.broken) return;
    this.resets.add(stream.id);
    this.writeControl(RST_STREAM, stream.id, errorCode);
  }

  /** Gives received bytes back to the peer's window, in portions of at least half a window. */
  consumed(stream: Http2Stream, bytes: number): void {
    if (this.broken || stream.flags & (CLOSED | REMOTE_ENDED)) return;
    stream.returnable += bytes;
    if (stream.returnable < this.limits.streamWindowBytes >> 1) return;
    stream.receiveWindow += stream.returnable;
    this.writeControl(WINDOW_UPDATE, stream.id, stream.returnable);
    stream.returnable = 0;
  }

  /** Sends GOAWAY; streams above `lastStreamId` (default: the last one the peer opened) are refused from then on. */
  goaway(errorCode: number, lastStreamId: number = this.lastPeerId): void {
    if (this.broken) return;
    this.begin();
    this.goawayId = Math.min(this.goawayId, lastStreamId);
    this.#writeGoaway(errorCode);
  }

  /** Graceful, first step: GOAWAY(2^31-1). The peer opens no more; what is under way is still served. */
  shutdown(): void {
    this.goaway(ErrorCode.NO_ERROR, MAX_31_BITS);
  }

  /** Graceful, second step, a round trip later: GOAWAY with the last stream served. */
  finishShutdown(): void {
    this.goaway(ErrorCode.NO_ERROR);
  }

  /** Sends a PING; `ConnectionEvents.onPong` is called on its acknowledgement. */
  ping(): void {
    if (this.broken) return;
    this.begin();
    this.output.room(17);
    this.output.header(8, PING, 0, 0);
    this.output.uint32(0);
    this.output.uint32(0);
    this.wrote(17);
  }

  /** Hands over all queued output, in as few buffers as possible. */
  takeOutput(sink: OutputSink): void {
    if (!this.broken) this.begin();
    this.#isSignalled = false;
    this.output.take(sink);
    if (this.broken) return;
    if (!this.isBlocked) this.#unreadBytes = this.#queuedResets = 0;
    this.#checkUnread();
    this.sendQueue.wake();
    this.announceCapacity();
  }

  /** Back-pressure of the socket: while true, `sendData` takes nothing. */
  outputBlocked(blocked: boolean): void {
    this.isBlocked = blocked;
    if (blocked || this.broken) return;
    this.#unreadBytes = this.#queuedResets = 0;
    this.sendQueue.wake();
  }

  /** The socket is gone: every stream gets `onReset(…, 'connection')`. */
  close(errorCode: number): void {
    this.broken = true;
    this.#resetAll(errorCode);
  }

  /** Internal: our first bytes, as late as possible so that an owner can be wired up first. */
  begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    writePreamble(this);
  }

  /** Internal: `bytes` other than DATA were queued. */
  wrote(bytes: number): void {
    if (this.isBlocked) this.#unreadBytes += bytes;
    this.signal();
  }

  /** Internal: there is output. */
  signal(): void {
    if (this.#isSignalled) return;
    this.#isSignalled = true;
    this.events.onOutput();
  }

  /** Internal: a frame whose payload is one 32-bit number. */
  writeControl(type: number, id: number, value: number): void {
    this.output.room(13);
    this.output.header(4, type, 0, id);
    this.output.uint32(value);
    this.wrote(13);
  }

  /** Internal: takes the stream out of the books; its events are the caller's business. */
  closeStream(stream: Http2Stream): void {
    stream.flags |= CLOSED;
    this.activeStreams--;
    this.budget.endedStreams++;
    if (stream.id !== 0) this.streams.delete(stream);
  }

  /** Internal: the peer broke the protocol on one stream. */
  failStream(stream: Http2Stream, errorCode: number): void {
    if (stream.flags & CLOSED) return;
    this.closeStream(stream);
    this.refuse(stream.id, errorCode);
    stream.events.onReset(stream, errorCode, 'protocol');
  }

  /** Internal: RST_STREAM that the peer provoked, hence bounded (CVE-2025-8671). */
  refuse(id: number, errorCode: number): void {
    this.resets.add(id);
    this.writeControl(RST_STREAM, id, errorCode);
    if (this.isBlocked && ++this.#queuedResets > this.limits.maxQueuedResets) this.calm('too many unread resets');
    else this.spend(2, 'too many streams in error');
  }

  /** Internal: counts a frame of a kind that can be a flood; false when that broke the connection. */
  spend(kind: number, message: string): boolean {
    if (this.budget.spend(kind, this.nowMs)) return true;
    this.calm(message);
    return false;
  }

  /** Internal: over a cap. */
  calm(message: string): void {
    this.fail(ErrorCode.ENHANCE_YOUR_CALM, message);
  }

  /** Internal: connection error (§5.4.1). */
  fail(errorCode: number, message: string): void {
    if (this.broken) return;
    this.goawayId = Math.min(this.goawayId, this.lastPeerId);
    this.#writeGoaway(errorCode);
    this.broken = true;
    this.#resetAll(errorCode);
    this.events.onFatal(errorCode, message);
  }

  /** Internal. */
  announceCapacity(): void {
    if (!this.wantsCapacity || this.activeStreams >= this.peer.maxConcurrentStreams || !this.isUsable) return;
    this.wantsCapacity = false;
    this.events.onCapacity();
  }

  /** Internal: see `FrameHandler`. */
  onFrame(type: number, flags: number, id: number, chunk: Buffer, start: number, end: number): void {
    if (type === 1) this.#headers.onHeaders(flags, id, chunk, start, end);
    else if (type === 9) this.#headers.onContinuation(flags, id, chunk, start, end);
    else if (this.#headers.isExpected(type)) receiveControl(this, type, flags, id, chunk, start, end);
  }

  /** Internal: see `FrameHandler`. */
  onDataFrame(flags: number, id: number, length: number): void {
    if (this.#headers.isExpected(0)) this.#data.onFrame(flags, id, length);
  }

  /** Internal: see `FrameHandler`. */
  onDataPiece(chunk: Buffer, start: number, end: number): void {
    this.#data.onPiece(chunk, start, end);
  }

  #writeGoaway(errorCode: number): void {
    this.output.room(17);
    this.output.header(8, GOAWAY, 0, 0);
    this.output.uint32(this.goawayId);
    this.output.uint32(errorCode);
    this.wrote(17);
  }

  #checkUnread(): void {
    if (this.#unreadBytes > this.limits.maxUnreadBytes) this.calm('the peer does not read');
  }

  #resetAll(errorCode: number): void {
    for (const stream of this.streams.all()) {
      if (stream.flags & CLOSED) continue;
      this.closeStream(stream);
      stream.events.onReset(stream, errorCode, 'connection');
    }
  }
}
