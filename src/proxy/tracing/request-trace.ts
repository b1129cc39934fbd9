// SPDX-License-Identifier: Apache-2.0

import { formatTraceParent, type TraceParent } from '../../values/index.ts';
import { fieldOf, type HeaderList, joinedField, type VolatileFields, withoutFields } from '../../wire/index.ts';
import type { StepCallEnd } from '../filters/index.ts';
import type { TracedExchange } from './traced-exchange.ts';

/** Who began a trace, and hears of its end. */
export interface TraceOwner {
  /** The request is over. Once. */
  end(trace: RequestTrace, exchange: TracedExchange, nowMs: number): void;
  /** An id for a span below it. */
  newSpanId(): string;
  /** A call that was made for a request that is traced is over. Once, before the request is. */
  endCall(call: CallPlace, end: StepCallEnd, nowMs: number): void;
}

/** The place in its trace of a call that is made for a request. */
export interface CallPlace {
  readonly trace: RequestTrace;
  readonly spanId: string;
  /** Of the worker's loop. */
  readonly startedMs: number;
}

/** Another try of a request. */
export interface TracedRetry {
  /** Of the worker's loop. */
  readonly atMs: number;
  /** As `daemun_upstream_retries_total` says it. */
  readonly reason: string;
  /** `address:port` of the try before; '': none was reached. */
  readonly endpoint: string;
}

const isTraceField = (name: string): boolean => name === 'traceparent' || name === 'tracestate';

/** The place of one request in its trace. What the endpoint is told is the same for all tries. */
export class RequestTrace {
  readonly owner: TraceOwner;
  /** Whether a span is sent, and the endpoint asked to do the same. */
  readonly isSampled: boolean;
  readonly traceId: string;
  readonly spanId: string;
  /** Who called; null: the trace begins here. */
  readonly parent: TraceParent | null;
  /** `tracestate`; '': there is none, or none that may go on. */
  readonly state: string;
  /** null: none. */
  retries: TracedRetry[] | null = null;
  /** The head of the endpoint's answer. */
  responseHead: HeaderList | null = null;
  responseFields: VolatileFields = null;

  constructor(owner: TraceOwner, parent: TraceParent | null, { isSampled, traceId, spanId, state }: Place) {
    this.owner = owner;
    this.parent = parent;
    this.isSampled = isSampled;
    this.traceId = traceId;
    this.spanId = spanId;
    this.state = state;
  }

  /** `fields` of the request as endpoints get them: this span is their caller. `spanId`: that of a call made for the request. */
  passOn(fields: VolatileFields, spanId: string = this.spanId): VolatileFields {
    const others = withoutFields(fields, isTraceField);
    const { traceId, isSampled, parent, state } = this;
    const own = formatTraceParent({ traceId, spanId, isSampled, isRandom: parent === null || parent.isRandom });
    const told = others === null ? ['traceparent', own] : [...others, 'traceparent', own];
    if (state !== '') told.push('tracestate', state);
    return told;
  }

  /** At most as often as there are tries. */
  retried(retry: TracedRetry): void {
    if (!this.isSampled) return;
    this.retries ??= [];
    this.retries.push(retry);
  }

  answered(head: HeaderList, fields: VolatileFields): void {
    this.responseHead = head;
    this.responseFields = fields;
  }
}

/** Fields of a call that is made for a request whose trace we do not change: what came of the trace goes on. */
export function passTraceThrough(fields: VolatileFields, request: VolatileFields): VolatileFields {
  const said = fieldOf(request, 'traceparent');
  if (said === undefined) return fields;
  const told = [...(withoutFields(fields, isTraceField) ?? []), 'traceparent', said];
  // A list may come in several fields (Trace Context §3.3.1).
  const state = joinedField(request, 'tracestate', ',');
  if (state !== undefined) told.push('tracestate', state);
  return told;
}

interface Place {
  readonly isSampled: boolean;
  readonly traceId: string;
  readonly spanId: string;
  readonly state: string;
}
