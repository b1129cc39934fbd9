// SPDX-License-Identifier: Apache-2.0

/**
 * One request's life: the downstream side (a `MessageEvents`), and what the upstream side (`UpstreamAttempt`) reports.
 *
 *     head ──► decided ──► waiting for a stream ──► forwarding ──► finished
 *                 └─────── answered here ──────────────┴────────────▲
 *
 * Invariants
 * - Each direction passes at its own pace: a request may end before, with or after its response (half-close, full duplex).
 * - Each has a `BodyPipe`, so a slow reader stops the sender's window; what waits in it is counted on the client's
 *   connection, which has a cap.
 * - `finish` runs once; after it no event has an effect. The endpoint's account is settled by the attempt.
 *
 * Per request: this object with its parts, an attempt and, with a deadline, a timer on the wheel. No promise, closure or Map.
 * Guarded by `bench/`.
 */
import { REQUEST_FAILURES, type RequestFailureReason } from '../../errors/index.ts';
import type { HeaderList, MessageEvents, MessageStream, StreamEnd, VolatileFields } from '../../wire/index.ts';
import type { Answer } from '../faces/index.ts';
import type { FilterStep } from '../filters/index.ts';
import type { Tracer } from '../tracing/index.ts';
import type { OpenFailure } from '../upstream/index.ts';
import { drainTimeout, openFailed, streamEnded, upgradesFull } from './answers.ts';
import { passGate } from './arriving-exchange.ts';
import { Attempts } from './attempts.ts';
import { awaitAnswer } from './backend-timeout.ts';
import { clientOf } from './client-claims.ts';
import { type DeadlineKind, type DeadlineOwner, Deadlines } from './deadlines.ts';
import type { Decision } from './decision.ts';
import { tellRequest } from './exchange-debug.ts';
import { finishExchange } from './exchange-end.ts';
import { chargeHead, recount } from './exchange-memory.ts';
import { ExchangeState } from './exchange-state.ts';
import type { HeldHead, HeldHeadOwner } from './held-head.ts';
import { dropRequest, holdAnswer, releaseAnswer, sendAnswer } from './own-answer.ts';
import { noteCodecAnswer } from './refused-request.ts';
import { countPendingLimit, goOn, mayAsk, route } from './request-start.ts';
import { deliverHead, deliverTrailers, endResponse, flushResponse } from './response-flow.ts';
import { keepsBack, moveElsewhere, retriesHeld, retriesUnopened } from './retry.ts';
import { StepRun, type StepRunOwner } from './step-run.ts';
import { SteppedExchange } from './stepped-exchange.ts';
import { timeOut } from './time-out.ts';
import { requestTrailerFields, requestTrailers } from './trailer-fields.ts';
import { endIfAllCame, endTunnel, openTunnel, resetEndpoint, sayGoodbye } from './tunnel-flow.ts';
import type { AttemptOwner } from './upstream-attempt.ts';

export class Exchange
  extends ExchangeState
  implements MessageEvents, AttemptOwner, DeadlineOwner, HeldHeadOwner, StepRunOwner
{
  readonly attempts = new Attempts(this);
  readonly deadlines = new Deadlines(this);

  onHead(_stream: MessageStream, head: HeaderList, fields: VolatileFields, endStream: boolean): void {
    this.startedMs = this.owner.serving.loop.nowMs;
    this.request.ended = endStream;
    this.fields = fields;
    this.outgoingFields = fields;
    const decided = this.owner.scope().decide(head, fields);
    const isGated = decided.gate.length > 0;
    const decision = isGated ? decided.unrouted(head) : decided;
    this.decision = decision;
    if (decision.trust.proxies !== null) this.#believe(decision, head, fields);
    if (decided.tracer !== null) this.#trace(decided.tracer, fields);
    this.owner.exchangeStarted();
    this.face = decision.face;
    this.call = decision.face.begin(decision, this.outcome);
    if (this.owner.serving.debug.isOn) tellRequest(this, decided);
    chargeHead(this, head, fields);
    if (this.isFinished) return;
    if (isGated) passGate(this, decision);
    else route(this, decision);
  }

  #believe({ trust }: Decision, head: HeaderList, fields: VolatileFields): void {
    const address = clientOf(this.owner.peerAddress, trust, { head, fields });
    if (address !== this.owner.peerAddress) this.detour().saidAddress = address;
  }

  #trace(tracer: Tracer, fields: VolatileFields): void {
    const trace = tracer.begin(fields);
    if (trace !== null) this.detour().trace = trace;
  }

  get isApart(): boolean {
    return this.owner.isRestless;
  }

  onInformational(): void {}

  onData(_stream: MessageStream, chunk: Buffer, start: number, end: number, endStream: boolean): void {
    if (this.isFinished) return;
    const { request } = this;
    request.count(end - start, endStream);
    if (end > start) this.call?.onRequestData(chunk, start, end);
    if (this.heldAnswer !== null) {
      dropRequest(this, end - start);
      return;
    }
    if (endStream) awaitAnswer(this);
    const before = request.cost;
    request.write(this.#upstream(), chunk, start, end);
    if (request.cost !== before) recount(this);
    // Behind what waits: a step that hears the end may let the request go on at once.
    if (this.steps !== null && !this.isFinished) this.steps.data(chunk, start, end, endStream);
    if (endStream) endTunnel(this);
  }

  onTrailers(_stream: MessageStream, trailers: HeaderList, fields: VolatileFields): void {
    if (this.isFinished) return;
    const { request } = this;
    request.ended = true;
    if (this.heldAnswer !== null) {
      releaseAnswer(this);
      return;
    }
    request.finish(requestTrailers(trailers), requestTrailerFields(fields));
    recount(this);
    this.#flushRequest();
    awaitAnswer(this);
    if (this.steps !== null && !this.isFinished) this.steps.endOfBody();
  }

  /** The client cancelled, broke the protocol, or is gone; or the gateway is going. */
  onEnded(_stream: MessageStream, { reason, origin, answer }: StreamEnd): void {
    if (this.isFinished) return;
    if (answer !== undefined) noteCodecAnswer(this, answer);
    if (this.tunnel?.state !== 'open') this.owner.leftUnfinished();
    else if (!this.owner.isCut) resetEndpoint(this);
    this.attempts.current?.abandon('ok');
    if (origin === 'connection' && this.owner.isCut) this.#giveUp('drain_timeout');
    else if (origin === 'codec' || (origin === 'connection' && reason !== 'lost')) this.#giveUp('client_protocol');
    else this.#giveUp('client_cancelled');
  }

  /** The gateway has no more time. What the client does not take of this is lost with the connection. */
  cut(): void {
    if (this.heldAnswer !== null) releaseAnswer(this);
    sayGoodbye(this, { isLast: true });
    if (this.isFinished || this.response.ended) return;
    this.outcome.reason = 'drain_timeout';
    sendAnswer(this, drainTimeout(this.face));
  }

  /** Another connection needs the place of this tunnel, which is half over. */
  makeRoom(): void {
    resetEndpoint(this);
    this.answer(upgradesFull());
  }

  onWritable(): void {
    if (!this.isFinished) flushResponse(this);
  }

  onDeadline(kind: DeadlineKind): void {
    if (!this.isFinished) timeOut(this, kind);
  }

  upstreamWaited(): void {
    const { loop } = this.owner.serving;
    this.attempts.waited(Math.trunc(loop.nowMs - this.startedMs) - this.openedAfterMs);
  }

  upstreamOpened(stream: MessageStream): void {
    if (!mayAsk(this, stream)) return;
    const isEmpty = this.request.isDone;
    this.response.source = stream;
    awaitAnswer(this);
    stream.sendHead(this.outgoing, this.outgoingFields, isEmpty);
    if (!isEmpty) this.#flushRequest();
  }

  upstreamNotOpened(failure: OpenFailure, message: string): void {
    if (failure === 'no_endpoint' || failure === 'overload') this.attempts.turnedAway();
    if (failure === 'overload') countPendingLimit(this);
    if (retriesUnopened(this, failure)) return;
    this.answer(openFailed(failure, message));
  }

  upstreamWritable(): void {
    this.#flushRequest();
  }

  upstreamInformational(head: HeaderList, fields: VolatileFields): void {
    const plan = this.backend?.response;
    if (this.responseStarted || plan === undefined) return;
    this.stream.sendInformational(plan.interimOf(head), fields);
  }

  upstreamHead(head: HeaderList, fields: VolatileFields, endStream: boolean): void {
    if (this.deadlines.backendMs > 0) this.deadlines.disarm('backend', this.owner.serving.loop);
    const retry = this.decision?.rule?.retry ?? null;
    if (retry === null || !keepsBack(this, retry, { list: head, fields, isLast: endStream }))
      this.#deliverHead(head, fields, endStream);
  }

  #deliverHead(head: HeaderList, fields: VolatileFields, endStream: boolean): void {
    if (this.tunnel !== null) this.tunnel.state = 'refused';
    const before = this.request.cost;
    this.request.releaseReplay();
    if (this.request.cost !== before) recount(this);
    deliverHead(this, head, fields, endStream);
  }

  upstreamUpgraded(head: HeaderList, fields: VolatileFields): void {
    if (this.tunnel === null) return;
    openTunnel(this, this.tunnel, head, fields);
    this.#flushRequest();
  }

  releaseHead(held: HeldHead): void {
    if (this.held !== held || this.isFinished) return;
    this.detour().held = null;
    this.#deliverHead(held.list, held.fields, false);
  }

  upstreamData(chunk: Buffer, start: number, end: number, endStream: boolean): void {
    if (this.held !== null) {
      if (end === start && !endStream) return;
      this.releaseHead(this.held);
    }
    const { response } = this;
    response.count(end - start, endStream);
    if (end > start) this.call?.onResponseData(chunk, start, end);
    if (!response.write(this.stream, chunk, start, end)) recount(this);
    else if (endStream) endResponse(this);
  }

  upstreamTrailers(trailers: HeaderList, fields: VolatileFields): void {
    const { held } = this;
    if (held !== null) {
      if (retriesHeld(this, held, { list: trailers, fields, isLast: true })) return;
      this.releaseHead(held);
    }
    deliverTrailers(this, trailers, fields);
  }

  /** The attempt is over already. */
  upstreamEnded(end: StreamEnd): void {
    if (endIfAllCame(this)) return;
    const isUntouched = this.held === null && end.origin !== 'codec' && end.reason === 'refused';
    if (this.detours !== null) this.detours.held = null;
    if (isUntouched && moveElsewhere(this, end)) return;
    this.answer(streamEnded(this.face, end, this.responseStarted));
  }

  runSteps(steps: readonly FilterStep[], decision: Decision): void {
    const run = new StepRun(this, steps);
    this.detour().steps = run;
    run.run(new SteppedExchange(this, decision));
  }

  onStepsDone(): void {
    goOn(this);
  }

  /** Where the request's body goes now; null: nowhere yet, or no more. */
  #upstream(): MessageStream | null {
    const isHeldBack = this.tunnel !== null && this.tunnel.state !== 'open';
    return isHeldBack || this.attempts.current === null ? null : this.attempts.current.stream;
  }

  #flushRequest(): void {
    const upstream = this.#upstream();
    if (this.isFinished || upstream === null) return;
    this.request.flush(upstream);
    recount(this);
    endTunnel(this);
  }

  answer(answer: Answer): void {
    if (this.isFinished) return;
    this.outcome.reason = answer.reason;
    if (!holdAnswer(this, answer)) sendAnswer(this, answer);
  }

  overflow(): void {
    if (this.isFinished) return;
    this.owner.leftUnfinished();
    this.attempts.current?.abandon('ok');
    this.stream.reset('overload');
    this.#giveUp('buffer_limit');
  }

  /** Nobody is told. */
  #giveUp(reason: RequestFailureReason): void {
    this.outcome.reason = reason;
    this.finish(REQUEST_FAILURES[reason].grpcStatus);
  }

  finish(grpcStatus: number | null): void {
    if (this.isFinished) return;
    this.isFinished = true;
    this.outcome.grpc = grpcStatus;
    finishExchange(this);
  }
}
