// SPDX-License-Identifier: Apache-2.0

import { isConnectionField } from '../../values/index.ts';
import type { HeaderList } from '../head/header-list.ts';
import type { VolatileFields } from '../head/volatile-fields.ts';
import type { EndReason } from '../message/end-reason.ts';
import type { MessageConnection } from '../message/message-connection.ts';
import type { MessageEvents, MessageStream } from '../message/message-stream.ts';
import { NO_EVENTS } from '../message/message-stream.ts';
import { Http1Core } from './connection-core.ts';
import { NO_BODY, TUNNEL } from './framing.ts';
import { headBlock, upgradeBlock } from './head-encoder.ts';
import { lengthSaid, PLAIN, writeHead } from './head-writer.ts';
import type { Http1ConnectionOptions } from './outbound.ts';
import { type DateSource, refusalOf } from './refusal.ts';
import type { RefusedHead, RequestHead } from './request-head.ts';
import { RequestReader } from './request-reader.ts';
import { responseFraming, responseTail } from './response-framing.ts';
import { HEAD_RECEIVED, HEAD_SENT, Http1Stream, LOCAL_ENDED, REMOTE_ENDED, type StreamCarrier } from './stream.ts';

const NOTHING: Buffer = Buffer.alloc(0);

export interface Http1ServerOptions extends Http1ConnectionOptions {
  /** How the client came: what an absolute target must say too. */
  readonly scheme: 'http' | 'https';
  /** For what is refused here. */
  readonly date: DateSource;
}

/**
 * A client's HTTP/1.1 connection (RFC 9112): requests one after the other, each given on when the one before is answered, so that
 * pipelined ones are answered in order and wait as bytes.
 *
 * - A head that is ambiguous or over a limit is answered with 4xx or 505 here, and the connection ends: see `request-head.ts`.
 * - The connection also ends after: `Connection: close`, HTTP/1.0, a final answer in place of the `100 (Continue)` that the client waits
 *   for, an answer while much of its request is owed or, in chunks, an unknown part (it says so), an upgrade, `shutdown`.
 * - Per request it allocates the stream, and what is made of a head whose bytes are new. An idle one holds no buffers.
 */
export class Http1ServerConnection extends Http1Core implements MessageConnection, StreamCarrier {
  readonly isUsable = false;
  readonly hasAnswered = false;
  readonly idleLimitMs = null;
  readonly #reader: RequestReader;
  readonly #date: DateSource;
  #request: RequestHead | null = null;
  /** The client waits for an interim response before it sends the body. */
  #isAwaited = false;
  #interimResponses = 0;
  /** While a request in chunks begins: what came with its head. */
  #unread = NOTHING;

  constructor(options: Http1ServerOptions) {
    super(options, 'client');
    this.#reader = new RequestReader(this.section, options);
    this.#date = options.date;
  }

  /** A server opens none. */
  openStream(_events: MessageEvents): MessageStream | null {
    return null;
  }

  allowStreams(): void {}

  shutdown(): void {
    this.isLeaving = true;
  }

  finishShutdown(): void {
    this.isLeaving = true;
    if (this.stream === null && this.phase === 'head') this.finish();
  }

  sendHead(stream: Http1Stream, head: HeaderList, fields: VolatileFields, end: boolean): void {
    const block = headBlock(head, this.memory.lists);
    const request = this.#request as RequestHead;
    if (block === 'unspeakable' || block.status === 0) {
      this.break('protocol', 'the response has no status');
      return;
    }
    const framing = responseFraming(request, block.status, lengthSaid(block, fields), end);
    const mustEnd = this.#isAwaited || this.#owesMuch() || framing.kind === 'until-close';
    this.closes ||= request.closes || this.isLeaving || mustEnd;
    const tail = responseTail(framing, request.isHead, { status: block.status, closes: this.closes, end });
    writeHead(this.output, block.bytes, fields, tail);
    stream.flags |= HEAD_SENT;
    this.writer.begin(framing);
    if (end) {
      this.writer.end(false);
      this.endLocally(stream);
    }
    this.wrote();
  }

  sendInformational(_stream: Http1Stream, head: HeaderList, fields: VolatileFields): void {
    const block = headBlock(head, this.memory.lists);
    if (block === 'unspeakable' || this.#request?.isHttp10 === true) return;
    if (++this.#interimResponses > this.limits.maxInterimResponses) return;
    if (block.status === 100) this.#isAwaited = false;
    writeHead(this.output, block.bytes, fields, PLAIN);
    this.signal();
  }

  upgrade(stream: Http1Stream, head: HeaderList, fields: VolatileFields): void {
    const upgrade = this.#request?.upgrade ?? null;
    if (upgrade === null) {
      this.break('protocol', 'an upgrade that nobody asked for');
      return;
    }
    writeHead(this.output, upgradeBlock(head, upgrade), fields, PLAIN);
    stream.flags = (stream.flags | HEAD_SENT) & ~REMOTE_ENDED;
    this.writer.begin(TUNNEL);
    this.body.begin(TUNNEL);
    this.closes = true;
    this.phase = 'body';
    this.signal();
  }

  reset(stream: Http1Stream, reason: EndReason): void {
    const isAnswered = (stream.flags & LOCAL_ENDED) !== 0;
    this.forgetStream(stream);
    if (!isAnswered) this.break(reason, 'the response was given up');
    else if (this.closes) this.finish();
    // What the client still sends of a request that was answered is little, and read past.
    // The owner may have stopped reading for the sake of what the stream held.
    else this.signal();
  }

  protected override readHead(chunk: Buffer, at: number, to: number): number {
    const head = this.#reader.read(chunk, at, to);
    if (head === null) return to;
    const { next } = this.#reader;
    if (head.kind === 'refused') this.#refuse(head);
    else if (head.framing.kind === 'chunked') {
      this.#unread = chunk.subarray(next, Math.min(to, next + this.limits.maxDiscardedBytes));
      this.#begin(head);
      this.#unread = NOTHING;
    } else this.#begin(head);
    return next;
  }

  /**
   * More of the request is owed than is read past: a client that is not told would send its next request into the end. How long chunks
   * will be is not known, unless their end is here.
   */
  #owesMuch(): boolean {
    return this.body.leftBytes > this.limits.maxDiscardedBytes && !this.body.endsIn(this.#unread);
  }

  #begin(head: RequestHead): void {
    if (this.begunStreams === 0) this.events.onPeerLimits?.();
    const stream = new Http1Stream(this, ++this.begunStreams, NO_EVENTS);
    const hasNoBody = head.framing === NO_BODY;
    this.stream = stream;
    this.#request = head;
    this.#isAwaited = head.expectsContinue;
    this.#interimResponses = 0;
    stream.flags = hasNoBody ? HEAD_RECEIVED | REMOTE_ENDED : HEAD_RECEIVED;
    // An upgrade is no end: if it is granted, more comes.
    this.phase = hasNoBody ? 'waiting' : 'body';
    this.body.begin(head.framing);
    stream.events = this.events.onStream(stream);
    stream.events.onHead(stream, head.list, head.fields, hasNoBody && head.upgrade === null);
  }

  #refuse(refused: RefusedHead): void {
    const { bytes, answer } = refusalOf(refused, this.#date);
    this.output.bytes(bytes, 0, bytes.length);
    const isOversized = refused.status === 431 || refused.status === 414;
    this.events.onRefusedHead?.(isOversized ? 'oversized' : 'malformed', refused.partial, answer);
    this.finish();
  }

  override get isInputPartial(): boolean {
    const owesUnwanted = this.stream === null && this.phase === 'body';
    return super.isInputPartial || this.#reader.isBegun || owesUnwanted;
  }

  override onBody(chunk: Buffer, start: number, end: number): void {
    this.#isAwaited = false;
    super.onBody(chunk, start, end);
  }

  /** A client that sends such a field has something in mind. */
  override barsTrailer(name: string): boolean {
    return isConnectionField(name);
  }

  protected override onFault(fault: string): void {
    const { stream } = this;
    if (stream === null) {
      this.finish();
      return;
    }
    if ((stream.flags & HEAD_SENT) !== 0) {
      this.endStream('protocol', 'codec', fault);
      this.breakByPeer('protocol', fault);
      return;
    }
    const { bytes, answer } = refusalOf({ status: 400, detail: fault }, this.#date);
    this.forgetStream(stream);
    stream.events.onEnded(stream, { reason: 'protocol', origin: 'codec', detail: fault, answer });
    this.output.bytes(bytes, 0, bytes.length);
    this.finish();
  }

  protected override onExchanged(): void {
    this.#request = null;
    if (this.closes || this.isLeaving) this.finish();
    else this.phase = 'head';
  }

  protected override onAheadOfUs(): void {}

  /** Half a request is none, and who ended it in the middle does not wait for an answer. */
  protected override onCutShort(): void {
    this.endStream('cancelled', 'peer', 'the request was cut short');
    this.break('cancelled', 'the request was cut short');
  }

  /** The client sends no more, and all that it asked was answered. */
  protected override onSettled(): void {
    if (this.isInputOver && this.phase === 'head' && !this.hasHeldInput) this.finish();
  }
}
