// SPDX-License-Identifier: Apache-2.0

/**
 * One request's life: the downstream side (a `StreamEvents`), and what the upstream side (`UpstreamAttempt`) reports.
 *
 *     head ──► decided ──► waiting for a stream ──► forwarding ──► finished
 *                 └─────── answered here ──────────────┴────────────▲
 *
 * Invariants
 * - Each direction passes at its own pace: a request may end before, with or after its response (half-close, full duplex).
 * - `consumed` is called for bytes that the other side took, so a slow reader stops the sender's window. What was not
 *   taken waits in a `BodyQueue`, counted on the client's connection, which has a cap.
 * - `finish` runs once; after it no event has an effect. The endpoint's account is settled by the attempt.
 *
 * Per request: this object, an attempt and two counters. No promise, closure, Map or timer. Guarded by `bench/`.
 */
import {
  ErrorCode,
  errorCodeName,
  GrpcStatus,
  type HeaderList,
  type Http2Stream,
  type StreamEvents,
  type VolatileFields,
} from '../../wire/index.ts';
import { isOwnLimit } from '../upstream/own-limit.ts';
import type { OpenFailure } from '../upstream/upstream-request.ts';
import type { UpstreamCluster } from '../upstream/upstreams.ts';
import { sendAnswer } from './answer-sender.ts';
import {
  type Answer,
  deadlineExceeded,
  drainTimeout,
  openFailed,
  responseTooLarge,
  upstreamProtocol,
  upstreamReset,
} from './answers.ts';
import { tellRequest } from './exchange-debug.ts';
import { finishExchange } from './exchange-end.ts';
import { chargeHead, recount } from './exchange-memory.ts';
import { ExchangeState } from './exchange-state.ts';
import { dropRequest, holdAnswer, releaseAnswer } from './held-answer.ts';
import { flushRequest, forwardRequestData, forwardRequestTrailers, releaseReplay } from './request-body.ts';
import { beginForwarding, countPendingLimit, MAX_RETRIES, retryElsewhere } from './request-start.ts';
import { deliver, deliverHead, deliverTrailers, flushResponse } from './response-flow.ts';
import { type AttemptOwner, type ResetOrigin, UpstreamAttempt } from './upstream-attempt.ts';

export class Exchange extends ExchangeState implements StreamEvents, AttemptOwner {
  onHead(_stream: Http2Stream, head: HeaderList, fields: VolatileFields, endStream: boolean): void {
    this.startedMs = this.owner.serving.loop.nowMs;
    this.requestEnded = endStream;
    this.fields = fields;
    const decision = this.owner.scope().decide(head, fields);
    this.decision = decision;
    this.owner.exchangeStarted();
    decision.method?.started(this);
    if (this.owner.serving.debug.isOn) tellRequest(this, decision);
    chargeHead(this, head, fields);
    if (this.isFinished) return;
    if (decision.rule === null) this.answer(decision.answer as Answer);
    else beginForwarding(this, decision, decision.rule);
  }

  get isApart(): boolean {
    return this.owner.isRestless;
  }

  onInformational(): void {}

  onData(_stream: Http2Stream, chunk: Buffer, start: number, end: number, endStream: boolean): void {
    if (this.isFinished) return;
    if (endStream) this.requestEnded = true;
    this.requestBytes += end - start;
    if (this.heldAnswer !== null) {
      dropRequest(this, end - start);
      return;
    }
    if (end > start) {
      const counter = this.requestMessages;
      const before = counter.messages;
      counter.feed(chunk, start, end);
      if (counter.messages > before) this.decision?.method?.received(this, counter.messages - before);
    }
    forwardRequestData(this, chunk, start, end);
  }

  onTrailers(_stream: Http2Stream, trailers: HeaderList, fields: VolatileFields): void {
    if (this.isFinished) return;
    this.requestEnded = true;
    if (this.heldAnswer !== null) releaseAnswer(this);
    else forwardRequestTrailers(this, trailers, fields);
  }

  /** The client cancelled, broke the protocol, or is gone; or the gateway is going. */
  onReset(_stream: Http2Stream, errorCode: number, origin: ResetOrigin): void {
    if (this.isFinished) return;
    this.owner.leftUnfinished();
    this.attempt?.abandon('ok');
    if (origin === 'connection' && this.owner.isCut) {
      this.reason = 'drain_timeout';
      this.finish(GrpcStatus.UNAVAILABLE);
    } else if (origin === 'protocol' || (origin === 'connection' && errorCode !== ErrorCode.NO_ERROR)) {
      this.reason = 'client_protocol';
      this.finish(GrpcStatus.INTERNAL);
    } else {
      this.reason = 'client_cancelled';
      this.finish(GrpcStatus.CANCELLED);
    }
  }

  /** The gateway has no more time. What the client does not take of this is lost with the connection. */
  cut(): void {
    if (this.heldAnswer !== null) releaseAnswer(this);
    if (this.isFinished || this.responseEnded) return;
    this.reason = 'drain_timeout';
    sendAnswer(this, drainTimeout());
  }

  onWritable(): void {
    if (!this.isFinished) flushResponse(this);
  }

  /** The deadline passed. */
  onTimer(): void {
    if (this.isFinished) return;
    if (this.heldAnswer !== null) {
      releaseAnswer(this);
      return;
    }
    if (!this.isRouteTimeout) this.owner.leftUnfinished();
    this.attempt?.abandon(this.#isEndpointLate() ? 'failed' : 'ok');
    this.answer(deadlineExceeded(this.timeoutMs, this.isRouteTimeout));
  }

  upstreamOpened(stream: Http2Stream): void {
    const isEmpty = this.requestEnded && this.requestQueue === null && this.requestTrailers === null;
    stream.connection.sendHead(stream, this.outgoing as HeaderList, this.outgoingFields, isEmpty);
    if (!isEmpty) flushRequest(this);
  }

  upstreamNotOpened(failure: OpenFailure, message: string): void {
    if (failure === 'overload') countPendingLimit(this);
    this.answer(openFailed(failure, message));
  }

  upstreamWritable(): void {
    flushRequest(this);
  }

  upstreamInformational(head: HeaderList, fields: VolatileFields): void {
    const plan = this.backend?.response;
    if (this.responseStarted || plan === undefined) return;
    this.stream.connection.sendInformational(this.stream, plan.interimOf(head), fields);
  }

  upstreamHead(head: HeaderList, fields: VolatileFields, endStream: boolean): void {
    const wasCharged = this.replayBytes > 0;
    releaseReplay(this);
    if (wasCharged) recount(this);
    deliverHead(this, head, fields, endStream);
  }

  upstreamData(upstream: Http2Stream, chunk: Buffer, start: number, end: number, endStream: boolean): void {
    this.responseBytes += end - start;
    if (end > start && this.responseIsGrpc) {
      const counter = this.responseMessages;
      const before = counter.messages;
      counter.feed(chunk, start, end);
      if (counter.messages > before) this.decision?.method?.sent(this, counter.messages - before);
    }
    if (endStream) this.responseEnded = true;
    deliver(this, upstream, chunk, start, end);
  }

  upstreamTrailers(trailers: HeaderList, fields: VolatileFields): void {
    this.responseEnded = true;
    deliverTrailers(this, trailers, fields);
  }

  /** The attempt is over already. */
  upstreamReset(errorCode: number, origin: ResetOrigin): void {
    if (this.responseEnded) return;
    const isUntouched = !this.responseStarted && origin !== 'protocol' && errorCode === ErrorCode.REFUSED_STREAM;
    if (isUntouched && this.isReplayable && this.retries < MAX_RETRIES) {
      retryElsewhere(this);
      return;
    }
    this.answer(this.#resetAnswer(errorCode, origin));
  }

  /** `protocol`: our codec ended the stream for what the endpoint sent. */
  #resetAnswer(errorCode: number, origin: ResetOrigin): Answer {
    const code = errorCodeName(errorCode);
    if (origin === 'peer') return upstreamReset(`stream reset with ${code}`);
    if (origin === 'protocol') {
      return isOwnLimit(errorCode, origin)
        ? responseTooLarge()
        : upstreamProtocol(`its response is not valid (${code})`);
    }
    if (errorCode === ErrorCode.NO_ERROR) return upstreamReset('its connection was lost');
    // Nothing of this call may have come yet: then it is as good as lost.
    const detail = `its connection failed with ${code}`;
    return this.responseStarted ? upstreamProtocol(detail) : upstreamReset(detail);
  }

  /** The route's timeout passed, the endpoint had the whole request, and nothing came of it. */
  #isEndpointLate(): boolean {
    const hasAll = this.requestEnded && this.requestQueue === null;
    return this.isRouteTimeout && hasAll && !this.responseStarted;
  }

  answer(answer: Answer): void {
    if (this.isFinished) return;
    this.reason = answer.reason;
    if (!holdAnswer(this, answer)) sendAnswer(this, answer);
  }

  overflow(): void {
    if (this.isFinished) return;
    this.reason = 'buffer_limit';
    this.owner.leftUnfinished();
    this.attempt?.abandon('ok');
    this.stream.connection.reset(this.stream, ErrorCode.ENHANCE_YOUR_CALM);
    this.finish(GrpcStatus.RESOURCE_EXHAUSTED);
  }

  finish(grpcStatus: number): void {
    if (this.isFinished) return;
    this.isFinished = true;
    this.grpcStatus = grpcStatus;
    finishExchange(this);
  }

  newAttempt(cluster: UpstreamCluster, hash: number, pinned: string | null): UpstreamAttempt {
    return new UpstreamAttempt(this, cluster, hash, pinned);
  }
}
