// SPDX-License-Identifier: Apache-2.0

/**
 * One question to an authorization server, while its request waits.
 *
 *     (collecting the body) ──► asking ──answer──► over: the request goes on or is answered
 *              └──too large───────┴──failure, time, cancel──► over
 *
 * Per check: this object, the question, the call.
 */
import { fieldOf } from '../../../wire/index.ts';
import type { Answer } from '../../faces/index.ts';
import { BodyQueue, EXCHANGE_BYTES } from '../../io/index.ts';
import {
  type CallOwner,
  type ClusterPool,
  type WholeAnswer,
  WholeCall,
  type WholeRequest,
} from '../../upstream/index.ts';
import { type BodyWatcher, CONTINUE, type StepCallTrace, type SteppedRequest } from '../step.ts';
import { bodyTooLarge, checkFailed } from './auth-answers.ts';
import type { AuthEnvironment } from './auth-environment.ts';
import type { AuthProtocol, AuthVerdict } from './auth-protocol.ts';

/** A server that has not answered by then counts as silent: what waits for it waits no longer. */
const CHECK_TIMEOUT_MS = 10_000;

/** What all checks of one filter share. */
export interface AuthServerUse {
  readonly cluster: ClusterPool;
  readonly protocol: AuthProtocol;
  /** 0: the server is not told bodies. */
  readonly maxBodyBytes: number;
  readonly environment: AuthEnvironment;
}

/** What the server is asked, and by which call. */
interface Asked {
  readonly request: WholeRequest;
  readonly call: WholeCall;
  /** null: no policy traces the listener. */
  readonly trace: StepCallTrace | null;
}

export class AuthCheck implements CallOwner, BodyWatcher {
  readonly kind = 'wait';
  readonly client: object;
  readonly isApart: boolean;
  readonly timeoutMs = CHECK_TIMEOUT_MS;
  readonly environment: AuthEnvironment;
  readonly #use: AuthServerUse;
  readonly #request: SteppedRequest;
  #asked: Asked | null = null;
  /** Of the request's body. */
  readonly #body: BodyQueue;
  #chargedBytes = 0;
  #isOver = false;

  constructor(use: AuthServerUse, request: SteppedRequest) {
    this.#use = use;
    this.#request = request;
    this.environment = use.environment;
    this.#body = new BodyQueue(use.environment.bodies.pages);
    this.client = request.owner.client;
    this.isApart = request.isApart;
  }

  begin(): void {
    this.#charge(EXCHANGE_BYTES);
    if (this.#isOver) return;
    const { maxBodyBytes } = this.#use;
    if (maxBodyBytes === 0) {
      this.#ask(null);
      return;
    }
    // Before a client is asked for what is too much.
    if (Number(fieldOf(this.#request.fields, 'content-length') ?? 0) > maxBodyBytes) {
      this.#finish('denied', bodyTooLarge(maxBodyBytes));
      return;
    }
    this.#request.invite();
    this.#request.watch(this);
  }

  /** A piece of the request's body. */
  data(chunk: Buffer, start: number, end: number, last: boolean): void {
    if (this.#isOver || this.#asked !== null) return;
    const { maxBodyBytes } = this.#use;
    if (this.#body.bytes + end - start > maxBodyBytes) {
      this.#finish('denied', bodyTooLarge(maxBodyBytes));
      return;
    }
    if (end > start) this.#keep(chunk, start, end);
    if (this.#isOver) return;
    if (last) this.#askWithBody();
    else this.#request.awaitMore(end - start);
  }

  /** The request's body ended without a last piece. */
  end(): void {
    if (!this.#isOver && this.#asked === null) this.#askWithBody();
  }

  /** The request is over: nobody wants to know any more. */
  cancel(): void {
    if (this.#isOver) return;
    this.#asked?.call.cancel();
    this.#tell(null, 'the request is over');
    this.#close('cancelled');
  }

  answered(answer: WholeAnswer): void {
    this.#tell(answer, '');
    this.#apply(this.#use.protocol.judge(answer));
  }

  unanswered(why: string): void {
    this.#tell(null, why);
    this.#fail(why);
  }

  #askWithBody(): void {
    this.#ask(this.#body.joined());
  }

  #ask(body: Buffer | null): void {
    this.#body.clear();
    this.#charge(EXCHANGE_BYTES);
    if (this.#isOver) return;
    const { cluster, environment, protocol } = this.#use;
    const { list, fields } = this.#request.unchanged();
    const { clientAddress } = this.#request;
    const nowMs = environment.clock.wallMs();
    const question = protocol.ask({ list, fields, clientAddress, nowMs, body });
    const trace = this.#request.traceCall();
    const request = trace === null ? question : { ...question, fields: trace.passOn(question.fields) };
    const call = new WholeCall(cluster, request, this);
    this.#asked = { request, call, trace };
    call.begin();
  }

  #keep(chunk: Buffer, start: number, end: number): void {
    this.#body.push(chunk, start, end);
    this.#charge(EXCHANGE_BYTES + this.#body.cost);
  }

  /** Once, and then the check may be over: spans cost memory, and the worker may have none. `why` there is no answer. */
  #tell(answer: WholeAnswer | null, why: string): void {
    if (this.#asked === null || this.#asked.trace === null) return;
    const { request, call, trace } = this.#asked;
    this.#asked = { request, call, trace: null };
    trace.end({ kind: this.#use.protocol.kind, request, answer, why, endpoint: call.endpointKey });
  }

  #apply(verdict: AuthVerdict): void {
    if (this.#isOver) return;
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
    this.#isOver = true;
    this.#body.clear();
    this.environment.metrics.count('daemun_external_auth_checks_total', { outcome });
    this.#charge(0);
  }

  /** The worker may have no room for it: then the request, or another, is over when this returns. */
  #charge(bytes: number): void {
    const change = bytes - this.#chargedBytes;
    if (change === 0) return;
    this.#chargedBytes = bytes;
    this.environment.memory.add(change);
  }
}
