// SPDX-License-Identifier: Apache-2.0

import type { ReachedPorts } from '../../snapshot/index.ts';
import { HeaderList, targetOf, type VolatileFields } from '../../wire/index.ts';
import type { Answer } from '../faces/index.ts';
import {
  type BodyWatcher,
  type ChangedHead,
  changeFields,
  type FieldChange,
  markedChange,
  type StepCallTrace,
  type SteppedRequest,
  type StepVerdict,
} from '../filters/index.ts';
import { passTraceThrough, TracedCall } from '../tracing/index.ts';
import { withIdentity } from './client-identity.ts';
import type { Decision } from './decision.ts';
import { recount } from './exchange-memory.ts';
import type { ExchangeOwner, ExchangeState } from './exchange-state.ts';
import { awaitsLeave } from './own-answer.ts';
import { believedFields } from './request-start.ts';

const CONTINUE_HEAD = new HeaderList([':status'], ['100']);

/** An exchange as the steps of its rule see it. */
export class SteppedExchange implements SteppedRequest {
  protected readonly exchange: ExchangeState;
  /** What the request is now. */
  protected decision: Decision;

  constructor(exchange: ExchangeState, decision: Decision) {
    this.exchange = exchange;
    this.decision = decision;
  }

  get head(): HeaderList {
    return this.decision.head;
  }

  get fields(): VolatileFields {
    return this.exchange.fields;
  }

  get target(): string {
    const { head, target } = this.decision;
    return target ?? targetOf(head, this.exchange.fields);
  }

  get scheme(): 'http' | 'https' {
    return this.decision.proto;
  }

  get entered(): 'http' | 'https' {
    return this.decision.scope.proto;
  }

  get ports(): ReachedPorts {
    return this.decision.ports;
  }

  get outgoing(): HeaderList {
    return this.exchange.outgoing;
  }

  get outgoingFields(): VolatileFields {
    return this.exchange.outgoingFields;
  }

  get isApart(): boolean {
    return this.exchange.owner.isRestless;
  }

  get clientAddress(): string {
    return this.exchange.clientAddress;
  }

  get owner(): ExchangeOwner {
    return this.exchange.owner;
  }

  unchanged(): ChangedHead {
    const exchange = this.exchange;
    const { peerAddress, identity, serving } = exchange.owner;
    const decision = this.decision;
    const head = decision.unchanged(serving.lists);
    const fields = withIdentity(believedFields(exchange.fields, decision), identity);
    const list = head.listFor(peerAddress, exchange.fields);
    if (list !== null) return { list, fields };
    return { list: head.unaddressed(), fields: head.forwardedFor(peerAddress, fields, exchange.fields) };
  }

  traceCall(): StepCallTrace | null {
    const { trace, owner, fields } = this.exchange;
    if (trace !== null) return new TracedCall(trace, trace.owner.newSpanId(), owner.serving.loop);
    if (this.decision.tracer === null) return null;
    return { passOn: own => passTraceThrough(own, fields), end: () => {} };
  }

  watch(watcher: BodyWatcher): void {
    // What follows an upgrade is no body.
    if (this.decision.upgrade === null) this.exchange.steps?.watch(watcher);
    else watcher.end();
  }

  invite(): void {
    if (awaitsLeave(this.exchange)) this.exchange.stream.sendInformational(CONTINUE_HEAD, null);
  }

  awaitMore(bytes: number): void {
    this.exchange.request.awaitMore(bytes);
  }

  changeRequest(change: FieldChange): void {
    const exchange = this.exchange;
    const before = { list: exchange.outgoing, fields: exchange.outgoingFields };
    const marked = markedChange(change, this.decision.head);
    const { list, fields } = changeFields(before, marked, exchange.owner.serving.lists);
    exchange.outgoing = list;
    exchange.outgoingFields = fields;
  }

  changeResponse(change: FieldChange): void {
    const detours = this.exchange.detour();
    const before = detours.responseChange;
    detours.responseChange =
      before === null
        ? change
        : { puts: [...before.puts, ...change.puts], removes: [...before.removes, ...change.removes], query: null };
  }

  addToResponse(fields: readonly string[]): void {
    const detours = this.exchange.detour();
    const { responseFields } = detours;
    detours.responseFields = responseFields === null ? fields : [...responseFields, ...fields];
  }

  refuse(answer: Answer): void {
    const exchange = this.exchange;
    if (exchange.isFinished) return;
    exchange.steps?.answer(answer);
    if (!exchange.isFinished) recount(exchange);
  }

  resume(verdict: Exclude<StepVerdict, { kind: 'wait' }>): void {
    const exchange = this.exchange;
    if (exchange.isFinished) return;
    exchange.steps?.resume(this, verdict);
    if (!exchange.isFinished) recount(exchange);
  }
}
