// SPDX-License-Identifier: Apache-2.0

import type { HeaderListPool } from '../head/header-list-pool.ts';
import type { StreamEnd } from '../message/end-reason.ts';
import type { MessageConnectionEvents } from '../message/message-connection.ts';
import { NO_EVENTS } from '../message/message-stream.ts';
import { Output } from '../output/output.ts';
import { endOf } from './end-words.ts';
import { ErrorCode } from './error-code.ts';
import { FloodBudget, RESETS } from './flood-budget.ts';
import { GOAWAY, MAX_31_BITS, RST_STREAM } from './frame.ts';
import { HpackDecoder } from './hpack/decoder.ts';
import { HpackEncoder } from './hpack/encoder.ts';
import { EncoderTables } from './hpack/encoder-table.ts';
import type { Http2Limits } from './limits.ts';
import { ResetMemory } from './reset-memory.ts';
import { ResetPacer, type TimeSource } from './reset-pacer.ts';
import { SendQueue } from './send-queue.ts';
import { DEFAULT_WINDOW_BYTES, PeerSettings, writePreamble } from './settings.ts';
import { ABANDONED, CLOSED, type Http2Stream } from './stream.ts';
import { StreamTable, UnsentStreams } from './stream-table.ts';
import { WindowGrowth } from './window-growth.ts';
import { writeFrameHeader } from './write-frame.ts';

export interface Http2ConnectionOptions {
  readonly role: 'server' | 'client';
  readonly events: MessageConnectionEvents;
  readonly limits: Http2Limits;
  /** One per worker: connections that share a pool share lists and output memory. */
  readonly lists: HeaderListPool;
  /** Client role: for the pace of resets. Default: the time that `receive` is told. */
  readonly time?: TimeSource;
}

/** The state of a connection and its book-keeping, for the files of this folder; users see `Http2Connection`. */
export class ConnectionCore {
  readonly role: 'server' | 'client';
  /** Streams that are open or half-closed, those opened but not yet sent included. */
  activeStreams = 0;

  readonly events: MessageConnectionEvents;
  readonly limits: Http2Limits;
  readonly output: Output;
  readonly peer: PeerSettings = new PeerSettings();
  readonly streams: StreamTable = new StreamTable();
  readonly unsent: UnsentStreams = new UnsentStreams();
  readonly lists: HeaderListPool;
  readonly decoder: HpackDecoder;
  readonly encoder: HpackEncoder;
  readonly budget: FloodBudget;
  readonly sendQueue: SendQueue;
  readonly resets: ResetMemory = new ResetMemory();
  /** Client role only. */
  readonly pacer: ResetPacer | null;
  readonly growth: WindowGrowth;
  readonly time: TimeSource;
  /** Streams that ended in order on both sides. */
  endedStreams = 0;
  /** Client role: a response's head came. */
  hasAnswered = false;
  /** Client role: the last stream that the peer's GOAWAY named; 0: there was none. */
  lastTakenId = 0;
  /** Failed or closed: input and calls are ignored. */
  broken = false;
  /** The time the owner told last. */
  nowMs = 0;
  /** What the peer lets the connection send. */
  sendWindow: number = DEFAULT_WINDOW_BYTES;
  /** The socket takes no more for now. */
  isBlocked = false;
  /** The highest stream id the peer opened (server role). */
  lastPeerId = 0;
  /** The next stream id of ours (client role), and the highest that we may use. */
  nextId = 1;
  lastAllowedId: number = MAX_31_BITS;
  /** Streams of ours up to this one have left: the peer may have seen them. */
  handedOverId = 0;
  /** What our GOAWAY named. */
  goawayId: number = MAX_31_BITS;
  /** The peer sent GOAWAY. */
  isPeerLeaving = false;
  /** `openStream` was refused for want of capacity. */
  wantsCapacity = false;
  /** The owner knows that there is output. */
  isSignalled = false;
  /** Queued since the socket is blocked: bytes other than DATA, and resets that the peer provoked. */
  unreadBytes = 0;
  queuedResets = 0;
  /** Memory of frames and header blocks whose rest is owed. */
  heldInputBytes = 0;
  /** Of `keptBytes`, as the owner was told. */
  toldBytes = 0;
  #hasBegun = false;

  constructor(options: Http2ConnectionOptions) {
    this.role = options.role;
    this.events = options.events;
    this.limits = options.limits;
    this.output = new Output(options.lists.slabs);
    this.lists = options.lists;
    this.decoder = new HpackDecoder(options.lists, options.limits);
    this.encoder = new HpackEncoder(EncoderTables.of(options.lists));
    this.budget = new FloodBudget(options.limits);
    this.sendQueue = new SendQueue(this);
    this.time = options.time ?? this;
    this.pacer = options.role === 'client' ? new ResetPacer(options.limits, this.time) : null;
    this.growth = WindowGrowth.of(options.lists);
  }

  get wasAsked(): boolean {
    return Math.min(this.handedOverId, this.lastTakenId) > 0;
  }

  /** Client role: whether a stream may be opened when there is capacity: no GOAWAY from the peer, ids left, not broken. */
  get isUsable(): boolean {
    return !this.broken && !this.isPeerLeaving && this.nextId + 2 * this.unsent.count <= this.lastAllowedId;
  }

  /** Our first bytes, as late as possible so that an owner can be wired up first. */
  begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    writePreamble(this.output, this.role, this.limits);
    this.signal();
  }

  /** `bytes` other than DATA were queued. */
  wrote(bytes: number): void {
    if (this.isBlocked) this.unreadBytes += bytes;
    this.signal();
  }

  /** There is output. */
  signal(): void {
    if (this.isSignalled) return;
    this.isSignalled = true;
    this.events.onOutput();
  }

  /** Memory of what came, and is kept: for its rest, or to read the next blocks sooner. */
  get keptBytes(): number {
    return this.heldInputBytes + this.decoder.restBytes;
  }

  tellKept(): void {
    const change = this.keptBytes - this.toldBytes;
    this.toldBytes += change;
    if (change !== 0) this.events.onHeldInput?.(change);
  }

  /** See `MessageConnection`. */
  rest(): void {
    this.decoder.rest();
    this.encoder.rest();
    this.tellKept();
  }

  /** Writes a frame whose payload is one 32-bit number. */
  writeControl(type: number, id: number, value: number): void {
    this.output.room(13);
    writeFrameHeader(this.output, 4, type, 0, id);
    this.output.uint32(value);
    this.wrote(13);
  }

  writeGoaway(errorCode: number): void {
    this.output.room(17);
    writeFrameHeader(this.output, 8, GOAWAY, 0, 0);
    this.output.uint32(this.goawayId);
    this.output.uint32(errorCode);
    this.wrote(17);
  }

  /** Both sides ended: takes the stream out of the books. Behind the last one that a server took which leaves, nothing follows. */
  finishStream(stream: Http2Stream): void {
    this.budget.endedStreams++;
    this.endedStreams++;
    this.closeStream(stream);
    if (this.isPeerLeaving && this.activeStreams === 0 && this.role === 'client') this.events.onFinished();
  }

  /** Takes the stream out of the books; its events are the caller's business. */
  closeStream(stream: Http2Stream): void {
    if (stream.flags & ABANDONED) this.pacer?.forget(stream);
    if (stream.grown !== null) this.growth.release(stream, stream.grown);
    stream.flags |= CLOSED;
    this.activeStreams--;
    if (stream.id === 0) this.unsent.delete(stream);
    else this.streams.delete(stream);
    this.sendQueue.onClosed(stream);
  }

  /** The peer broke the protocol on one stream. */
  failStream(stream: Http2Stream, errorCode: number): void {
    if (stream.flags & CLOSED) return;
    if (this.pacer !== null) {
      const { events } = stream;
      // Once more on a stream that was given up: nobody hears of it, so it has a budget.
      if (stream.flags & ABANDONED && !this.spend(RESETS, 'too many errors on streams that were reset')) return;
      this.resetPaced(stream, errorCode);
      events.onEnded(stream, endOf(errorCode, 'codec'));
      return;
    }
    this.closeStream(stream);
    this.refuse(stream.id, errorCode);
    stream.events.onEnded(stream, endOf(errorCode, 'codec'));
  }

  /** RST_STREAM of ours, at once or, as a client, when the server will stand it. */
  resetPaced(stream: Http2Stream, errorCode: number): void {
    if (this.pacer !== null && !this.pacer.mayReset(stream, errorCode)) {
      stream.flags |= ABANDONED;
      stream.events = NO_EVENTS;
      this.events.onEndsHeld?.();
      return;
    }
    this.closeStream(stream);
    this.resets.add(stream.id);
    this.writeControl(RST_STREAM, stream.id, errorCode);
    if (this.pacer?.isCrowded(this.endedStreams) === true) this.events.onEndsHeld?.();
  }

  /** RST_STREAM that the peer provoked, hence bounded (CVE-2025-8671). */
  refuse(id: number, errorCode: number): void {
    this.resets.add(id);
    this.writeControl(RST_STREAM, id, errorCode);
    if (this.isBlocked && ++this.queuedResets > this.limits.maxQueuedResets) this.calm('too many unread resets');
    else this.spend(RESETS, 'too many streams in error');
  }

  /** Counts a frame of a kind that can be a flood; false when that broke the connection. */
  spend(kind: number, message: string): boolean {
    if (this.budget.spend(kind, this.nowMs)) return true;
    this.calm(message);
    return false;
  }

  /** Over a cap. */
  calm(message: string): void {
    this.fail(ErrorCode.ENHANCE_YOUR_CALM, message);
  }

  /** All that was queued is out. */
  forgetUnread(): void {
    this.unreadBytes = 0;
    this.queuedResets = 0;
  }

  /** A peer that makes us say much and reads nothing of it is over a cap. */
  checkUnread(): void {
    if (this.unreadBytes > this.limits.maxUnreadBytes) this.calm('the peer does not read');
  }

  /** A stream may be opened again, and somebody waits for that. */
  announceCapacity(): void {
    if (!this.wantsCapacity || this.activeStreams >= this.peer.maxConcurrentStreams || !this.isUsable) return;
    this.wantsCapacity = false;
    this.events.onCapacity();
  }

  /** A connection error (§5.4.1). */
  fail(errorCode: number, message: string): void {
    this.#break(errorCode, 'codec', message);
  }

  /** The same by the owner's wish. */
  protected failByOwner(errorCode: number, message: string): void {
    this.#break(errorCode, 'connection', message);
  }

  #break(errorCode: number, origin: 'codec' | 'connection', message: string): void {
    if (this.broken) return;
    this.begin();
    this.goawayId = Math.min(this.goawayId, this.lastPeerId);
    this.writeGoaway(errorCode);
    this.broken = true;
    this.endAll(endOf(errorCode, 'connection'));
    this.events.onFatal(endOf(errorCode, origin), message);
  }

  /** Tells every stream that the connection is gone; one whose head never left, that it can be sent again (`REFUSED_STREAM`). */
  endAll(end: StreamEnd): void {
    for (const stream of [...this.streams.all(), ...this.unsent.all()]) {
      if (stream.flags & CLOSED) continue;
      const isUnseen = this.role === 'client' && (stream.id === 0 || stream.id > this.handedOverId);
      this.closeStream(stream);
      stream.events.onEnded(stream, isUnseen ? endOf(ErrorCode.REFUSED_STREAM, 'connection') : end);
    }
  }
}
