// SPDX-License-Identifier: Apache-2.0

import { CONNECTION_NAMES } from '../../values/index.ts';
import type { HeaderList } from '../head/header-list.ts';
import { pathIn, type VolatileFields, withField } from '../head/volatile-fields.ts';
import type { EndReason } from '../message/end-reason.ts';
import type { MessageConnection } from '../message/message-connection.ts';
import type { MessageEvents, MessageStream } from '../message/message-stream.ts';
import { acceptOf, KEY_FIELD, newKey, WEBSOCKET } from '../websocket/handshake.ts';
import { Http1Core } from './connection-core.ts';
import { type FaultReason, HeadFault } from './fault.ts';
import { CHUNKED, type Framing, lengthFraming, NO_BODY, TUNNEL } from './framing.ts';
import type { HeadBlock } from './head-block.ts';
import { headBlock, headBlockTo } from './head-encoder.ts';
import { CHUNKED_TAIL, EMPTY, type HeadTail, lengthSaid, PLAIN, writeHead } from './head-writer.ts';
import type { Http1ConnectionOptions } from './outbound.ts';
import type { ResponseHead } from './response-head.ts';
import { ResponseReader } from './response-reader.ts';
import { HEAD_RECEIVED, HEAD_SENT, Http1Stream, LOCAL_ENDED, type StreamCarrier } from './stream.ts';

/** Servers that do not say how long they keep an idle connection keep it for 5 s or more, as far as is known. */
const KEEP_ALIVE_MS = 5_000;
/** An idle connection is not kept to the end: our request and the server's end would meet on the way, and owners look once a second. */
const KEEP_ALIVE_MARGIN_MS = 2_000;
/** Servers read so much of a body with its head, as most buffers go; an answer of 3xx, 4xx or 5xx to a longer one is the connection's last. */
const MAX_REFUSED_BYTES = 8_192;

export interface Http1ClientOptions extends Http1ConnectionOptions {
  /** For the keys of WebSockets: numbers from 0 up to, but not, 1. */
  readonly random: () => number;
}

/**
 * Our HTTP/1.1 connection to a server (RFC 9112): one stream at a time, the next one when both sides of the one before are whole.
 *
 * - A response that is ambiguous ends its stream as `protocol`, before anything of it is given on, and the connection.
 * - The connection also ends after: `Connection: close`, HTTP/1.0, a body that ends with the connection, a response that was whole before
 *   our request was (the rest is not sent: nobody waits for it), a long request that was refused, an upgrade, a reset, bytes that nobody asked for.
 * - A stream ends as `refused`, so that it may be sent again, when its request cannot have been looked at or may be sent twice: it never
 *   left; or its method is idempotent (RFC 9110 §9.2.2), the connection had been idle, and it ended without a byte of response.
 */
export class Http1ClientConnection extends Http1Core implements MessageConnection, StreamCarrier {
  idleLimitMs: number = KEEP_ALIVE_MS - KEEP_ALIVE_MARGIN_MS;
  readonly #reader: ResponseReader;
  #block: HeadBlock | null = null;
  /** Of the request: it left. */
  #isHandedOver = false;
  /** Of the request: bytes of a response came. */
  #isAnswering = false;
  readonly #random: () => number;
  /** The request asks for an upgrade, and there is no answer yet. */
  #awaitsUpgrade = false;
  /** What the server must answer to the key of a WebSocket; null: it was sent none. */
  #accept: string | null = null;
  #interimResponses = 0;
  #wantsCapacity = false;
  #allowedStreams = Number.POSITIVE_INFINITY;
  #hasTold = false;
  /** Nobody had a request for it when it was there. */
  #hasWaited = false;
  /** A stream whose request this version cannot say. */
  #unspeakable: Http1Stream | null = null;

  constructor(options: Http1ClientOptions) {
    super(options, 'endpoint');
    this.#random = options.random;
    this.#reader = new ResponseReader(this.section, options.memory, options.limits);
  }

  get isUsable(): boolean {
    const isLeft = this.closes || this.isLeaving || this.isInputOver;
    return this.phase !== 'over' && !isLeft && this.begunStreams < this.#allowedStreams;
  }

  get hasAnswered(): boolean {
    return this.#reader.hasBegun;
  }

  openStream(events: MessageEvents): MessageStream | null {
    if (!this.isUsable) return null;
    if (this.stream !== null) {
      this.#wantsCapacity = true;
      return null;
    }
    const stream = new Http1Stream(this, ++this.begunStreams, events);
    this.stream = stream;
    this.#block = null;
    this.#isHandedOver = false;
    this.#isAnswering = false;
    this.#awaitsUpgrade = false;
    this.#interimResponses = 0;
    return stream;
  }

  allowStreams(count: number): void {
    this.#allowedStreams = count;
  }

  shutdown(): void {
    this.isLeaving = true;
  }

  finishShutdown(): void {
    this.isLeaving = true;
    if (this.stream === null) this.finish();
  }

  sendHead(stream: Http1Stream, head: HeaderList, fields: VolatileFields, end: boolean): void {
    stream.flags |= HEAD_SENT;
    const path = pathIn(fields);
    const block = path === null ? headBlock(head, this.memory.lists) : headBlockTo(head, path);
    let others = path === null ? fields : (fields?.slice(2) ?? null);
    if (block === 'unspeakable' || block.status !== 0) {
      this.#unspeakable = stream;
      this.signal();
      return;
    }
    this.#block = block;
    this.#awaitsUpgrade = block.upgrade !== null;
    if (block.upgrade === WEBSOCKET) others = withField(others, KEY_FIELD, this.#newKey());
    const contentLength = lengthSaid(block, others);
    const framing = requestFraming(block, contentLength, end);
    writeHead(this.output, block.bytes, others, requestTail(block, framing, contentLength));
    this.writer.begin(framing);
    if (end) {
      this.writer.end(false);
      this.endLocally(stream);
    }
    this.wrote();
  }

  #newKey(): string {
    const key = newKey(this.#random);
    this.#accept = acceptOf(key);
    return key;
  }

  /** A client sends none. */
  sendInformational(): void {}

  /** A client grants none. */
  upgrade(): void {}

  reset(stream: Http1Stream, reason: EndReason): void {
    const isUnsent = (stream.flags & HEAD_SENT) === 0;
    this.forgetStream(stream);
    // Our direction of a tunnel ended in order, and nobody reads the other.
    const isSaid = this.writer.isTunnel && (stream.flags & LOCAL_ENDED) !== 0;
    if (isSaid && reason !== 'deadline') this.finish();
    else if (!isUnsent) this.break(reason, 'the request was given up');
    else this.#tellCapacity();
  }

  protected override sendable(): number {
    return this.#awaitsUpgrade ? 0 : super.sendable();
  }

  protected override liveHead(): boolean {
    return true;
  }

  protected override onHandedOver(): void {
    if (!this.#hasTold) {
      this.#hasTold = true;
      this.events.onPeerLimits?.();
      this.#hasWaited = this.stream === null;
    }
    if (this.#block !== null) this.#isHandedOver = true;
  }

  protected override readHead(chunk: Buffer, at: number, to: number): number {
    if (this.stream === null || !this.#isHandedOver) {
      this.endStream('refused', 'connection', 'its connection ended');
      this.breakByPeer('protocol', 'a response that nobody asked for');
      return to;
    }
    this.#isAnswering = true;
    const head = this.#reader.read(chunk, at, to);
    if (head === null) return to;
    if (head instanceof HeadFault) this.onFault(head.detail, head.reason);
    else if (head.status < 200) this.#onInterim(this.stream, head);
    else this.#onFinal(this.stream, head);
    return this.#reader.next;
  }

  #onInterim(stream: Http1Stream, head: ResponseHead): void {
    if (head.status === 101) this.#onUpgraded(stream, head);
    else if (++this.#interimResponses > this.limits.maxInterimResponses) this.onFault('too many interim responses');
    else stream.events.onInformational(stream, head.list, head.fields);
  }

  #onUpgraded(stream: Http1Stream, head: ResponseHead): void {
    if (!this.#awaitsUpgrade || head.upgrade === null || head.upgrade !== this.#block?.upgrade) {
      this.onFault('an upgrade that nobody asked for');
      return;
    }
    if (head.accept !== this.#accept) {
      this.onFault('a WebSocket is granted without proof that it was asked for');
      return;
    }
    this.#awaitsUpgrade = false;
    this.#accept = null;
    this.closes = true;
    this.writer.begin(TUNNEL);
    this.body.begin(TUNNEL);
    this.phase = 'body';
    stream.flags |= HEAD_RECEIVED;
    this.events.onDedicated?.();
    stream.events.onUpgraded?.(stream, head.list, head.fields);
  }

  #onFinal(stream: Http1Stream, head: ResponseHead): void {
    const framing = this.#block?.isHead === true ? NO_BODY : head.framing;
    if (this.#awaitsUpgrade) {
      // Not granted: the request was whole with its head.
      this.#awaitsUpgrade = false;
      this.#accept = null;
      stream.flags |= LOCAL_ENDED;
    }
    if (head.keepAliveMs !== null) this.idleLimitMs = Math.max(0, head.keepAliveMs - KEEP_ALIVE_MARGIN_MS);
    // Who does not take a long request has mostly not read it, and ends the connection without saying so, or takes the rest for the next request.
    const isUnread = head.status >= 300 && this.writer.writtenBytes > MAX_REFUSED_BYTES;
    if (head.closes || isUnread || framing.kind === 'until-close') this.closes = true;
    stream.flags |= HEAD_RECEIVED;
    this.body.begin(framing);
    if (framing === NO_BODY) this.endWithHead(stream);
    else this.phase = 'body';
    stream.events.onHead(stream, head.list, head.fields, framing === NO_BODY);
  }

  /** Servers that say how long a body was when it is over are not refused, as in HTTP/2: who gives the trailers on leaves that out. */
  override barsTrailer(name: string): boolean {
    return CONNECTION_NAMES.has(name);
  }

  protected override onFault(fault: string, reason: FaultReason = 'protocol'): void {
    this.endStream(reason, 'codec', fault);
    this.breakByPeer(reason, fault);
  }

  protected override onExchanged(): void {
    if (this.closes || this.isLeaving || this.isInputOver) this.finish();
    else this.phase = 'head';
  }

  protected override onAheadOfUs(stream: Http1Stream): void {
    // A tunnel's other direction goes on.
    if (this.writer.endsWithConnection) return;
    this.endedStreams++;
    this.forgetStream(stream);
    this.break('done', 'the response was whole before the request');
  }

  protected override onCutShort(): void {
    this.endStream(this.#isUnseen() ? 'refused' : 'lost', 'connection', 'its connection was lost');
    this.finish();
  }

  override close(reason: EndReason): void {
    super.close(this.#isUnseen() ? 'refused' : reason);
  }

  protected override onSettled(): void {
    const unspeakable = this.#unspeakable;
    if (unspeakable !== null) {
      this.#unspeakable = null;
      if (unspeakable === this.stream) this.endStream('protocol', 'codec', 'the request cannot be said in HTTP/1.1');
    }
    if (this.stream === null && this.isInputOver) this.finish();
    else this.#tellCapacity();
  }

  /** Whether the request never left, or met a server on the way that ended an idle connection, and may be sent twice. */
  #isUnseen(): boolean {
    if (!this.#isHandedOver) return true;
    const wasIdle = this.endedStreams > 0 || this.#hasWaited;
    return wasIdle && !this.#isAnswering && this.#block?.isIdempotent === true;
  }

  #tellCapacity(): void {
    if (!this.#wantsCapacity || this.stream !== null || !this.isUsable) return;
    this.#wantsCapacity = false;
    this.events.onCapacity();
  }
}

function requestFraming(block: HeadBlock, contentLength: number, end: boolean): Framing {
  if (block.upgrade !== null) return NO_BODY;
  if (contentLength >= 0) return lengthFraming(contentLength);
  return end ? NO_BODY : CHUNKED;
}

function requestTail(block: HeadBlock, framing: Framing, contentLength: number): HeadTail {
  if (framing.kind === 'chunked') return CHUNKED_TAIL;
  return framing.kind === 'none' && contentLength < 0 && block.expectsBody ? EMPTY : PLAIN;
}
