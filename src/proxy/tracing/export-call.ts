// SPDX-License-Identifier: Apache-2.0

/**
 * One batch on its way to a collector.
 *
 *     waiting for a stream ──► sending ──whole answer──► over
 *          └──not opened, lost, too long, time──────────► over
 */
import type { HeaderList, MessageStream, StreamEnd, VolatileFields } from '../../wire/index.ts';
import { type BodyMemory, BodyPipe, type SocketLoop, type WheelTimer } from '../io/index.ts';
import {
  type ClusterPool,
  type OpenFailure,
  type UpstreamEndpoint,
  type UpstreamRequest,
  verdictOn,
  verdictOnStatus,
} from '../upstream/index.ts';
import type { ExportReply, ExportRequest } from './collector-protocol.ts';

/** A collector that has not answered by then counts as silent (OTLP's own default). */
export const EXPORT_TIMEOUT_MS = 10_000;
/** Of an answer, which says little. A longer one is no answer. */
const MAX_REPLY_BYTES = 65_536;

export interface ExportOwner {
  readonly loop: SocketLoop;
  readonly bodies: BodyMemory;
  /** Once. */
  answered(reply: ExportReply): void;
  /** Once, instead. `why`: for people. */
  unanswered(why: string): void;
}

export class ExportCall implements UpstreamRequest, WheelTimer {
  readonly hash = 0;
  readonly pinned = null;
  readonly client = null;
  readonly isApart = false;
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  readonly #owner: ExportOwner;
  readonly #cluster: ClusterPool;
  readonly #request: ExportRequest;
  readonly #sent: BodyPipe;
  #stream: MessageStream | null = null;
  #endpoint: UpstreamEndpoint | null = null;
  #head: HeaderList | null = null;
  #fields: VolatileFields = null;
  #parts: Buffer[] = [];
  #replyBytes = 0;
  #isOver = false;

  constructor(cluster: ClusterPool, request: ExportRequest, owner: ExportOwner) {
    this.#cluster = cluster;
    this.#request = request;
    this.#owner = owner;
    this.#sent = new BodyPipe(null, owner.bodies);
  }

  /** The owner may hear of its end before this returns. */
  begin(): void {
    const { loop } = this.#owner;
    loop.connectionTimers.arm(this, loop.nowMs + EXPORT_TIMEOUT_MS);
    this.#cluster.open(this);
  }

  /** Nobody wants to know any more. */
  cancel(): void {
    if (this.#isOver) return;
    this.#leave('ok');
    this.#close();
  }

  onOpen(stream: MessageStream, endpoint: UpstreamEndpoint): void {
    const { head, fields, body } = this.#request;
    this.#stream = stream;
    this.#endpoint = endpoint;
    stream.sendHead(head, fields, false);
    this.#sent.count(body.length, true);
    this.#sent.write(stream, body, 0, body.length);
  }

  onOpenFailed(_failure: OpenFailure, message: string): void {
    this.#fail(message);
  }

  onInformational(): void {}

  onHead(_stream: MessageStream, head: HeaderList, fields: VolatileFields, end: boolean): void {
    this.#head = head;
    this.#fields = fields;
    if (end) this.#answered(null, null);
  }

  onData(stream: MessageStream, chunk: Buffer, start: number, end: number, last: boolean): void {
    if (this.#isOver) return;
    stream.consumed(end - start);
    this.#replyBytes += end - start;
    if (this.#replyBytes > MAX_REPLY_BYTES) {
      this.#leave('ok');
      this.#fail(`the collector answers with more than ${MAX_REPLY_BYTES} bytes`);
      return;
    }
    if (end > start) this.#parts.push(Buffer.from(chunk.subarray(start, end)));
    if (last) this.#answered(null, null);
  }

  onTrailers(_stream: MessageStream, trailers: HeaderList, fields: VolatileFields): void {
    this.#answered(trailers, fields);
  }

  onEnded(_stream: MessageStream, end: StreamEnd): void {
    if (this.#isOver) return;
    this.#settle(verdictOn(end));
    this.#fail(`the collector ended the call before it answered (${end.reason})`);
  }

  onWritable(stream: MessageStream): void {
    if (!this.#isOver) this.#sent.flush(stream);
  }

  onTimer(): void {
    if (this.#isOver) return;
    this.#leave('failed');
    this.#fail(`the collector did not answer within ${EXPORT_TIMEOUT_MS / 1_000} s`);
  }

  #answered(trailers: HeaderList | null, trailerFields: VolatileFields): void {
    if (this.#isOver) return;
    const head = this.#head as HeaderList;
    const body = Buffer.concat(this.#parts, this.#replyBytes);
    // What is left of the batch is not wanted.
    this.#leave(verdictOnStatus(Number(head.get(':status'))));
    this.#close();
    this.#owner.answered({ head, fields: this.#fields, body, trailers, trailerFields });
  }

  #fail(why: string): void {
    if (this.#isOver) return;
    this.#close();
    this.#owner.unanswered(why);
  }

  #close(): void {
    this.#isOver = true;
    this.#parts = [];
    this.#owner.loop.connectionTimers.disarm(this);
    this.#sent.release();
  }

  #leave(verdict: 'ok' | 'failed'): void {
    const stream = this.#stream;
    if (stream === null) {
      this.#cluster.cancel(this);
      return;
    }
    if (!stream.isClosed) stream.reset('cancelled');
    this.#settle(verdict);
  }

  #settle(verdict: 'ok' | 'failed'): void {
    const endpoint = this.#endpoint;
    this.#stream = null;
    this.#endpoint = null;
    if (endpoint !== null) this.#cluster.done(endpoint, verdict);
  }
}
