// SPDX-License-Identifier: Apache-2.0

/**
 * One try of a request at a cluster: the exchange's upstream side. It hands the stream's events to the exchange and
 * keeps the account with the cluster: `done` exactly once per opened stream, `cancel` while it waits.
 *
 *     waiting ──onOpen──► open ──answer ends, reset, abandon──► over
 *        │                  └──discard──► over, what still comes is dropped ──abandon──► over
 *        └──onOpenFailed, abandon─────────────────────────────────▲
 */
import type { HeaderList, MessageStream, StreamEnd, VolatileFields, WindowAccount } from '../../wire/index.ts';
import {
  type ClusterPool,
  type OpenFailure,
  type UpstreamEndpoint,
  type UpstreamRequest,
  verdictOn,
} from '../upstream/index.ts';

/** The exchange, as its attempts see it. */
export interface AttemptOwner {
  /** See `UpstreamRequest`. */
  readonly isApart: boolean;
  /** Its client's connection. */
  readonly owner: { readonly client: object; readonly memory: WindowAccount };
  /** The attempt waits for a stream no longer: it has one, gets none, or is abandoned. First of the calls about it. */
  upstreamWaited(): void;
  /** `stream` is open and idle: the head goes first. */
  upstreamOpened(stream: MessageStream): void;
  upstreamNotOpened(failure: OpenFailure, message: string): void;
  upstreamInformational(head: HeaderList, fields: VolatileFields): void;
  upstreamHead(head: HeaderList, fields: VolatileFields, endStream: boolean): void;
  upstreamUpgraded(head: HeaderList, fields: VolatileFields): void;
  upstreamData(chunk: Buffer, start: number, end: number, endStream: boolean): void;
  upstreamTrailers(trailers: HeaderList, fields: VolatileFields): void;
  /** The attempt is over already. */
  upstreamEnded(end: StreamEnd): void;
  /** The request's time is over. */
  readonly isOverdue: boolean;
  /** Abandons the attempt, unless the client is being answered already. */
  onDeadline(kind: 'request'): void;
  /** The stream can take more. */
  upstreamWritable(): void;
}

/** Of an answer that nobody gets, read so that its connection can be used again. */
const MAX_DISCARDED_BYTES = 65_536;

export class UpstreamAttempt implements UpstreamRequest {
  readonly hash: number;
  readonly pinned: string | null;
  readonly isApart: boolean;
  readonly client: object;
  readonly cluster: ClusterPool;
  /** null while it waits and when it is over. */
  stream: MessageStream | null = null;
  /** Kept for the access log. */
  endpoint: UpstreamEndpoint | null = null;
  readonly #exchange: AttemptOwner;
  #isOver = false;
  /** The answer that is dropped as it comes. */
  #discarded: DiscardedAnswer | null = null;

  constructor(exchange: AttemptOwner, cluster: ClusterPool, hash: number, pinned: string | null) {
    this.#exchange = exchange;
    this.isApart = exchange.isApart;
    this.client = exchange.owner.client;
    this.cluster = cluster;
    this.hash = hash;
    this.pinned = pinned;
  }

  /** See `MessageEvents`. */
  get windows(): WindowAccount {
    return this.#exchange.owner.memory;
  }

  /** The client or the deadline ended it: the endpoint is told, the cluster too. */
  abandon(outcome: 'ok' | 'failed'): void {
    if (this.#isOver) {
      this.#stopDiscarding();
      return;
    }
    const stream = this.stream;
    if (stream === null) {
      this.#isOver = true;
      this.cluster.cancel(this);
      this.#exchange.upstreamWaited();
      return;
    }
    if (!stream.isClosed) stream.reset('cancelled');
    this.#end(outcome);
  }

  /** Another try follows. The rest of this one's answer is read and dropped, until it is abandoned. */
  discard(outcome: 'ok' | 'failed'): void {
    if (this.#isOver) return;
    if (this.stream?.isClosed === false) this.#discarded = new DiscardedAnswer(this.stream);
    this.#end(outcome);
  }

  onOpen(stream: MessageStream, endpoint: UpstreamEndpoint): void {
    this.stream = stream;
    this.endpoint = endpoint;
    this.#exchange.upstreamWaited();
    this.#exchange.upstreamOpened(stream);
  }

  onOpenFailed(failure: OpenFailure, message: string): void {
    this.#isOver = true;
    this.#exchange.upstreamWaited();
    this.#exchange.upstreamNotOpened(failure, message);
  }

  onInformational(_stream: MessageStream, head: HeaderList, fields: VolatileFields): void {
    if (!this.#isOver) this.#exchange.upstreamInformational(head, fields);
  }

  onHead(_stream: MessageStream, head: HeaderList, fields: VolatileFields, endStream: boolean): void {
    if (this.#isOver) return;
    this.#exchange.upstreamHead(head, fields, endStream);
  }

  onUpgraded(_stream: MessageStream, head: HeaderList, fields: VolatileFields): void {
    if (!this.#isOver) this.#exchange.upstreamUpgraded(head, fields);
  }

  onData(_stream: MessageStream, chunk: Buffer, start: number, end: number, endStream: boolean): void {
    if (!this.#isOver) this.#exchange.upstreamData(chunk, start, end, endStream);
    else if (this.#discarded?.drop(end - start) === false) this.#stopDiscarding();
  }

  onTrailers(_stream: MessageStream, trailers: HeaderList, fields: VolatileFields): void {
    if (!this.#isOver) this.#exchange.upstreamTrailers(trailers, fields);
  }

  onEnded(_stream: MessageStream, end: StreamEnd): void {
    if (!this.#isOver && this.#exchange.isOverdue) this.#exchange.onDeadline('request');
    if (this.#isOver) return;
    this.#end(verdictOn(end));
    this.#exchange.upstreamEnded(end);
  }

  onWritable(): void {
    if (!this.#isOver) this.#exchange.upstreamWritable();
  }

  /** The answer is complete. `failed`: with 502, 503 or 504, for which an endpoint is ejected. */
  finish(outcome: 'ok' | 'failed'): void {
    if (this.#isOver) return;
    const stream = this.stream;
    // The endpoint answered before it took the whole request: the rest is not wanted.
    if (stream !== null && !stream.isClosed) stream.reset('cancelled');
    this.#end(outcome);
  }

  #stopDiscarding(): void {
    const stream = this.#discarded?.stream;
    this.#discarded = null;
    if (stream?.isClosed === false) stream.reset('cancelled');
  }

  #end(outcome: 'ok' | 'failed'): void {
    this.#isOver = true;
    this.stream = null;
    if (this.endpoint !== null) this.cluster.done(this.endpoint, outcome);
  }
}

/** An answer that nobody gets, as far as it came. */
class DiscardedAnswer {
  readonly stream: MessageStream;
  #bytes = 0;

  constructor(stream: MessageStream) {
    this.stream = stream;
  }

  /** False: it is too long to be read to its end. */
  drop(bytes: number): boolean {
    this.stream.consumed(bytes);
    this.#bytes += bytes;
    return this.#bytes <= MAX_DISCARDED_BYTES;
  }
}
