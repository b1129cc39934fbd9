// SPDX-License-Identifier: Apache-2.0

/**
 * One question to an authorization server, while its request waits.
 *
 *     (collecting the body) ──► asking ──answer──► over: the request goes on or is answered
 *              │                  ├──refused, untouched──► asking again
 *              └──too large───────┴──failure, time, cancel──► over
 *
 * Per check: this object, a pipe for what is sent, the question. The cluster's connections are shared by all checks.
 */
import type { HeaderList, MessageStream, StreamEnd, VolatileFields } from '../../../wire/index.ts';
import type { Answer } from '../../faces/index.ts';
import { BodyPipe, EXCHANGE_BYTES, type WheelTimer } from '../../io/index.ts';
import {
  type ClusterPool,
  type OpenFailure,
  type UpstreamEndpoint,
  type UpstreamRequest,
  verdictOn,
} from '../../upstream/index.ts';
import { type BodyWatcher, CONTINUE, type SteppedRequest } from '../step.ts';
import { bodyTooLarge, checkFailed } from './auth-answers.ts';
import type { AuthEnvironment } from './auth-environment.ts';
import type { AuthProtocol, AuthQuestion, AuthVerdict } from './auth-protocol.ts';

/** A server that has not answered by then counts as silent: what waits for it waits no longer. */
export const CHECK_TIMEOUT_MS = 10_000;
/** Of an answer: a page that says no. A larger one is no answer. */
const MAX_REPLY_BYTES = 65_536;
/** Further tries of a question that no server looked at. */
const MAX_RETRIES = 2;

/** What all checks of one filter share. */
export interface AuthServerUse {
  readonly cluster: ClusterPool;
  readonly protocol: AuthProtocol;
  /** 0: the server is not told bodies. */
  readonly maxBodyBytes: number;
  readonly environment: AuthEnvironment;
}

export class AuthCheck implements UpstreamRequest, BodyWatcher, WheelTimer {
  readonly kind = 'wait';
  readonly hash = 0;
  readonly pinned = null;
  readonly client: object;
  readonly isApart: boolean;
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  readonly #use: AuthServerUse;
  readonly #request: SteppedRequest;
  #question: AuthQuestion | null = null;
  #sent: BodyPipe | null = null;
  #stream: MessageStream | null = null;
  #endpoint: UpstreamEndpoint | null = null;
  #retries = 0;
  /** Of the request's body, then of the reply's. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  #replyHead: HeaderList | null = null;
  #replyFields: VolatileFields = null;
  #chargedBytes = 0;
  #isOver = false;

  constructor(use: AuthServerUse, request: SteppedRequest) {
    this.#use = use;
    this.#request = request;
    this.client = request.owner;
    this.isApart = request.isApart;
  }

  begin(): void {
    this.#charge(EXCHANGE_BYTES);
    if (this.#use.maxBodyBytes === 0) {
      this.#ask(null);
      return;
    }
    this.#request.invite();
    this.#request.watch(this);
  }

  /** A piece of the request's body. */
  data(chunk: Buffer, start: number, end: number, last: boolean): void {
    if (this.#isOver || this.#question !== null) return;
    const { maxBodyBytes } = this.#use;
    if (this.#partBytes + end - start > maxBodyBytes) {
      this.#finish('denied', bodyTooLarge(maxBodyBytes));
      return;
    }
    if (end > start) this.#keep(chunk, start, end);
    if (last) this.#askWithBody();
    else this.#request.awaitMore(end - start);
  }

  /** The request's body ended without a last piece. */
  end(): void {
    if (!this.#isOver && this.#question === null) this.#askWithBody();
  }

  /** The request is over: nobody wants to know any more. */
  cancel(): void {
    if (this.#isOver) return;
    this.#leave('ok');
    this.#close('cancelled');
  }

  onOpen(stream: MessageStream, endpoint: UpstreamEndpoint): void {
    const { head, fields, body } = this.#question as AuthQuestion;
    this.#stream = stream;
    this.#endpoint = endpoint;
    stream.sendHead(head, fields, body.length === 0);
    if (body.length === 0) return;
    const sent = new BodyPipe(null, this.#use.environment.bodies);
    this.#sent = sent;
    sent.count(body.length, true);
    sent.write(stream, body, 0, body.length);
  }

  onOpenFailed(_failure: OpenFailure, message: string): void {
    this.#fail(`cannot be asked: ${message}`);
  }

  onHead(_stream: MessageStream, head: HeaderList, fields: VolatileFields, end: boolean): void {
    this.#replyHead = head;
    this.#replyFields = fields;
    if (end) this.#answered(null);
  }

  onInformational(): void {}

  onData(stream: MessageStream, chunk: Buffer, start: number, end: number, last: boolean): void {
    if (this.#isOver) return;
    stream.consumed(end - start);
    if (this.#partBytes + end - start > MAX_REPLY_BYTES) {
      this.#leave('ok');
      this.#fail(`answered with more than ${MAX_REPLY_BYTES} bytes`);
      return;
    }
    if (end > start) this.#keep(chunk, start, end);
    if (last) this.#answered(null);
  }

  onTrailers(_stream: MessageStream, trailers: HeaderList): void {
    this.#answered(trailers);
  }

  onEnded(_stream: MessageStream, end: StreamEnd): void {
    if (this.#isOver) return;
    this.#settle(verdictOn(end));
    const isUntouched = end.reason === 'refused' && end.origin !== 'codec' && this.#replyHead === null;
    if (isUntouched && this.#retries < MAX_RETRIES) {
      this.#retries++;
      this.#use.cluster.open(this);
    } else {
      this.#fail('ended the call before it answered');
    }
  }

  onWritable(stream: MessageStream): void {
    this.#sent?.flush(stream);
  }

  onTimer(): void {
    if (this.#isOver) return;
    this.#leave('failed');
    this.#fail(`did not answer within ${CHECK_TIMEOUT_MS / 1_000} s`);
  }

  #askWithBody(): void {
    this.#ask(Buffer.concat(this.#parts, this.#partBytes));
  }

  #ask(body: Buffer | null): void {
    const { cluster, environment, protocol } = this.#use;
    const { list, fields } = this.#request.unchanged();
    const { clientAddress } = this.#request;
    const { clock, loop } = environment;
    const nowMs = clock.wallMs();
    this.#question = protocol.ask({ list, fields, clientAddress, nowMs, body });
    this.#parts = [];
    this.#partBytes = 0;
    this.#charge(EXCHANGE_BYTES + this.#question.body.length);
    loop.deadlines.arm(this, loop.nowMs + CHECK_TIMEOUT_MS);
    cluster.open(this);
  }

  #keep(chunk: Buffer, start: number, end: number): void {
    this.#parts.push(Buffer.from(chunk.subarray(start, end)));
    this.#partBytes += end - start;
    this.#charge(EXCHANGE_BYTES + this.#partBytes + (this.#question?.body.length ?? 0));
  }

  #answered(trailers: HeaderList | null): void {
    if (this.#isOver) return;
    const head = this.#replyHead as HeaderList;
    const [only] = this.#parts;
    const body = this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts, this.#partBytes);
    // What is left of the question is not wanted.
    this.#leave(isGatewayError(head) ? 'failed' : 'ok');
    this.#apply(this.#use.protocol.judge({ head, fields: this.#replyFields, body, trailers }));
  }

  #apply(verdict: AuthVerdict): void {
    switch (verdict.kind) {
      case 'allowed':
        this.#close('allowed');
        if (verdict.request !== null) this.#request.changeRequest(verdict.request);
        if (verdict.response !== null) this.#request.changeResponse(verdict.response);
        this.#request.resume(CONTINUE);
        break;
      case 'denied':
        this.#finish('denied', verdict.answer);
        break;
      case 'failed':
        this.#fail(verdict.detail);
    }
  }

  #fail(detail: string): void {
    this.#finish('failed', checkFailed(detail));
  }

  #finish(outcome: 'denied' | 'failed', answer: Answer): void {
    if (this.#isOver) return;
    this.#close(outcome);
    this.#request.resume({ kind: 'answer', answer });
  }

  #close(outcome: string): void {
    const { loop, metrics } = this.#use.environment;
    this.#isOver = true;
    this.#parts = [];
    loop.deadlines.disarm(this);
    metrics.count('daemun_external_auth_checks_total', { outcome });
    this.#charge(0);
  }

  /** Takes back what the server has of the question, or what waits for it. */
  #leave(verdict: 'ok' | 'failed'): void {
    const stream = this.#stream;
    if (stream === null) {
      if (this.#question !== null) this.#use.cluster.cancel(this);
      return;
    }
    if (!stream.isClosed) stream.reset('cancelled');
    this.#settle(verdict);
  }

  #settle(verdict: 'ok' | 'failed'): void {
    const endpoint = this.#endpoint;
    this.#stream = null;
    this.#endpoint = null;
    this.#sent?.release();
    this.#sent = null;
    if (endpoint !== null) this.#use.cluster.done(endpoint, verdict);
  }

  #charge(bytes: number): void {
    const change = bytes - this.#chargedBytes;
    if (change === 0) return;
    this.#chargedBytes = bytes;
    this.#use.environment.memory.add(change);
  }
}

function isGatewayError(head: HeaderList): boolean {
  const status = Number(head.get(':status'));
  return status >= 502 && status <= 504;
}
