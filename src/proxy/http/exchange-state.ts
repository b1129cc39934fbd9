// SPDX-License-Identifier: Apache-2.0

import { type HeaderList, MessageCounter, type MessageStream, type VolatileFields } from '../../wire/index.ts';
import type { MirroredRequest, SessionToken } from '../filters/index.ts';
import type { BodyQueue, WheelTimer } from '../io/index.ts';
import type { CountedCall, TypeSeries } from '../metrics/index.ts';
import type { ClusterPool } from '../upstream/index.ts';
import type { Answer } from './answers.ts';
import type { CompiledBackend } from './compiled-rule.ts';
import type { Decision } from './decision.ts';
import type { Scope } from './scope.ts';
import type { Serving } from './serving.ts';
import type { UpstreamAttempt } from './upstream-attempt.ts';

/** The client's connection, as its exchanges see it. */
export interface ExchangeOwner {
  readonly serving: Serving;
  /** IP address of the client; never ''. */
  readonly clientAddress: string;
  /** The gateway ends the connection although requests are in progress. */
  readonly isCut: boolean;
  /** Where new requests of this connection are decided now. */
  scope(): Scope;
  /** Its client leaves so many calls unfinished that they must not share connections with others' (see `UpstreamRequest.isApart`). */
  readonly isRestless: boolean;
  exchangeStarted(): void;
  exchangeEnded(): void;
  /** The client took back a call that an endpoint may be busy with: it cancelled, or its own deadline passed. */
  leftUnfinished(): void;
  /** `exchange` holds this many bytes more (or, negative, fewer). May end the worst exchange of the connection or of the worker. */
  held(exchange: ExchangeState, change: number): void;
}

/** What one request is at a moment. The functions beside work on it; all fields are set here, so that all have one shape. */
export abstract class ExchangeState implements WheelTimer, CountedCall {
  readonly owner: ExchangeOwner;
  readonly stream: MessageStream;
  decision: Decision | null = null;
  backend: CompiledBackend | null = null;
  attempt: UpstreamAttempt | null = null;
  mirrors: MirroredRequest[] | null = null;
  startedMs = 0;
  /** How long after that the attempt was made. Whole milliseconds, so that it is no heap number. */
  openedAfterMs = 0;
  /** 0: none. */
  timeoutMs = 0;
  isRouteTimeout = false;
  /** The request's per-request fields, as received. */
  fields: VolatileFields = null;
  outgoing: HeaderList | null = null;
  outgoingFields: VolatileFields = null;
  /** The client sent END_STREAM. */
  requestEnded = false;
  requestTrailers: HeaderList | null = null;
  requestTrailerFields: VolatileFields = null;
  requestQueue: BodyQueue | null = null;
  /** What was sent and may have to be sent again elsewhere: a first slice, which pins little or is charged, then the rest. */
  replayChunk: Buffer | null = null;
  replayStart = 0;
  replayEnd = 0;
  replayRest: BodyQueue | null = null;
  /** Bytes at the head of `requestQueue` that the client's window has back already. */
  rewoundBytes = 0;
  isReplayable = true;
  /** Tries after the first. */
  retries = 0;
  responseStarted = false;
  /** The whole response is here (perhaps still in the queue). */
  responseEnded = false;
  responseIsGrpc = false;
  responseQueue: BodyQueue | null = null;
  responseTrailers: HeaderList | null = null;
  responseTrailerFields: VolatileFields = null;
  /** For the caps: its own cost with the request's head and trailers that wait, and what it is charged with in all. */
  headBytes = 0;
  replayBytes = 0;
  chargedBytes = 0;
  httpStatus = 0;
  /** -1: not known yet. */
  grpcStatus = -1;
  series: TypeSeries | null = null;
  /** For the access log and metrics; '' when an endpoint answered. */
  reason = '';
  /** The session that the request carries. */
  session: SessionToken | null = null;
  isFinished = false;
  /** Sent when the request has ended. */
  heldAnswer: Answer | null = null;
  /** What had moved when `idle-stream.ts` looked last (-1: it did not yet), and since when nothing did, in whole milliseconds. */
  movedBytes = -1;
  movedMs = 0;
  requestBytes = 0;
  responseBytes = 0;
  readonly requestMessages = new MessageCounter();
  readonly responseMessages = new MessageCounter();
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;

  constructor(owner: ExchangeOwner, stream: MessageStream) {
    this.owner = owner;
    this.stream = stream;
  }

  /** Payload that waits for either side. */
  get queuedBytes(): number {
    return (this.requestQueue?.bytes ?? 0) + (this.responseQueue?.bytes ?? 0);
  }

  /** Memory that it keeps alive, in bytes. */
  get heldBytes(): number {
    let bytes = this.headBytes + this.replayBytes;
    if (this.requestQueue !== null) bytes += this.requestQueue.cost;
    if (this.responseQueue !== null) bytes += this.responseQueue.cost;
    return bytes;
  }

  /** Makes the next try; it is not opened yet. */
  abstract newAttempt(cluster: ClusterPool, hash: number, pinned: string | null): UpstreamAttempt;
  /** Ends the request with an answer of ours: the whole response, or its end when it has begun. */
  abstract answer(answer: Answer): void;
  /** Once, when the response is out or given up: counts, logs, lets go of everything. */
  abstract finish(grpcStatus: number): void;
  /** This stream holds more of its connection's buffer than any other, and the buffer is full. */
  abstract overflow(): void;
  abstract onTimer(nowMs: number): void;
}
