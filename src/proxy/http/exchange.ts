// SPDX-License-Identifier: Apache-2.0

/**
 * One request's life: the downstream side (a `MessageEvents`), and what the upstream side (`UpstreamAttempt`) reports.
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
  GrpcStatus,
  type HeaderList,
  type MessageEvents,
  type MessageStream,
  type StreamEnd,
  type VolatileFields,
} from '../../wire/index.ts';
import { type ClusterPool, isOwnLimit, type OpenFailure } from '../upstream/index.ts';
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
import { type AttemptOwner, UpstreamAttempt } from './upstream-attempt.ts';

export class Exchange extends ExchangeState implements MessageEvents, AttemptOwner {
  onHead(_stream: MessageStream, head: HeaderList, fields: VolatileFields, endStream: boolean): void {
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

  onData(_stream: MessageStream, chunk: Buffer, start: number, end: number, endStream: boolean): void {
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

  onTrailers(_stream: MessageStream, trailers: HeaderList, fields: VolatileFields): void {
    if (this.isFinished) return;
    this.requestEnded = true;
    if (this.heldAnswer !== null) releaseAnswer(this);
    else forwardRequestTrailers(this, trailers, fields);
  }

  /** The client cancelled, broke the protocol, or is gone; or the gateway is going. */
  onEnded(_stream: MessageStream, { reason, origin }: StreamEnd): void {
    if (this.isFinished) return;
    this.owner.leftUnfinished();
    this.attempt?.abandon('ok');
    if (origin === 'connection' && this.owner.isCut) {
      this.reason = 'drain_timeout';
      this.finish(GrpcStatus.UNAVAILABLE);
    } else if (origin === 'codec' || (origin === 'connection' && reason !== 'lost')) {
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

  upstreamOpened(stream: MessageStream): void {
    const isEmpty = this.requestEnded && this.requestQueue === null && this.requestTrailers === null;
    stream.sendHead(this.outgoing as HeaderList, this.outgoingFields, isEmpty);
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
    this.stream.sendInformational(plan.interimOf(head), fields);
  }

  upstreamHead(head: HeaderList, fields: VolatileFields, endStream: boolean): void {
    const wasCharged = this.replayBytes > 0;
    releaseReplay(this);
    if (wasCharged) recount(this);
    deliverHead(this, head, fields, endStream);
  }

  upstreamData(upstream: MessageStream, chunk: Buffer, start: number, end: number, endStream: boolean): void {
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
  upstreamEnded(end: StreamEnd): void {
    if (this.responseEnded) return;
    const isUntouched = !this.responseStarted && end.origin !== 'codec' && end.reason === 'refused';
    if (isUntouched && this.isReplayable && this.retries < MAX_RETRIES) {
      retryElsewhere(this);
      return;
    }
    this.answer(this.#answerTo(end));
  }

  #answerTo(end: StreamEnd): Answer {
    switch (end.origin) {
      case 'peer':
      case 'leaving':
        return upstreamReset(`stream reset with ${end.detail}`);
      case 'codec':
        return isOwnLimit(end) ? responseTooLarge() : upstreamProtocol(`its response is not valid (${end.detail})`);
      case 'connection': {
        if (end.reason === 'lost') return upstreamReset('its connection was lost');
        // Nothing of this call may have come yet: then it is as good as lost.
        const detail = `its connection failed with ${end.detail}`;
        return this.responseStarted ? upstreamProtocol(detail) : upstreamReset(detail);
      }
    }
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
    this.stream.reset('overload');
    this.finish(GrpcStatus.RESOURCE_EXHAUSTED);
  }

  finish(grpcStatus: number): void {
    if (this.isFinished) return;
    this.isFinished = true;
    this.grpcStatus = grpcStatus;
    finishExchange(this);
  }

  newAttempt(cluster: ClusterPool, hash: number, pinned: string | null): UpstreamAttempt {
    return new UpstreamAttempt(this, cluster, hash, pinned);
  }
}
