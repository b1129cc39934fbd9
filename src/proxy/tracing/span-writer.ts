// SPDX-License-Identifier: Apache-2.0

/** Encodes a finished request, or a call that was made for one, as a span of OTLP (opentelemetry/proto/trace/v1/trace.proto). Its numbers are those of the fields there. */
import { grpcStatusName, type HeaderList, ProtobufWriter, type VolatileFields } from '../../wire/index.ts';
import type { StepCallEnd } from '../filters/index.ts';
import { type CallFact, callFacts } from './call-facts.ts';
import type { CallPlace, RequestTrace, TracedRetry } from './request-trace.ts';
import { fieldIn, isCall, pathOf, spanFact, templateOf } from './span-facts.ts';
import { keyField, SPAN_ATTRIBUTES, STRING, VALUE } from './span-fields.ts';
import type { NamedFact, NamedHeader, SpanShape } from './span-shape.ts';
import type { TracedExchange } from './traced-exchange.ts';

/** Of values that clients choose. */
const MAX_VALUE_LENGTH = 1_024;
/** `ScopeSpans.spans`: spans wait as fields of what they are sent in. */
const SCOPE_SPANS = 2;
const KIND_SERVER = 2;
const KIND_CLIENT = 3;
const STATUS_ERROR = 2;
/** `SpanFlags`: whether the parent is elsewhere is known, and it is. */
const PARENT_IS_KNOWN = 0x100;
const PARENT_IS_REMOTE = 0x200;
const INT = 3;
const LIST = 5;
const EVENT_ATTRIBUTES = 3;

const OWN = {
  listener: 'daemun.listener',
  route: 'daemun.route',
  rule: 'daemun.rule',
  endpoint: 'daemun.endpoint',
  attempts: 'daemun.attempts',
  reason: 'daemun.reason',
} as const;

const OWN_KEYS = Object.fromEntries(Object.entries(OWN).map(([key, name]) => [key, keyField(name)])) as Readonly<
  Record<keyof typeof OWN, Buffer>
>;
const RETRY_REASON = keyField('daemun.reason');
const RETRY_ENDPOINT = keyField('daemun.endpoint');

/** What the span tells; when the request ended by the worker's clock, and what makes times of that clock times since the epoch. */
interface SpanParts {
  readonly shape: SpanShape;
  readonly nowMs: number;
  readonly offsetMs: number;
}

/** One per worker: spans are encoded one after the other in the same memory. */
export class SpanWriter {
  readonly #writer: ProtobufWriter = new ProtobufWriter(2_048);

  /** A span with its tag, as a part of `ScopeSpans`. Valid until the next call. */
  write(trace: RequestTrace, exchange: TracedExchange, { shape, nowMs, offsetMs }: SpanParts): Buffer {
    const writer = this.#writer;
    writer.clear();
    writer.fixed32(16, 1 | PARENT_IS_KNOWN | (trace.parent === null ? 0 : PARENT_IS_REMOTE));
    this.#status(exchange);
    for (const retry of trace.retries ?? []) this.#retry(retry, offsetMs);
    this.#attributes(shape, trace, exchange);
    writer.nanoseconds(8, nowMs + offsetMs);
    writer.nanoseconds(7, exchange.startedMs + offsetMs);
    writer.number(6, KIND_SERVER);
    writer.text(5, clipped(shape.spanName ?? nameOf(exchange)));
    if (trace.parent !== null) writer.hex(4, trace.parent.spanId);
    return this.#inTrace(trace, trace.spanId);
  }

  /** A span of a call, likewise. Of what the policy adds it has what is the same on every span. */
  writeCall({ trace, spanId, startedMs }: CallPlace, end: StepCallEnd, { shape, nowMs, offsetMs }: SpanParts): Buffer {
    const writer = this.#writer;
    const { name, attributes, failure } = callFacts(end);
    writer.clear();
    writer.fixed32(16, 1 | PARENT_IS_KNOWN);
    if (failure !== null) this.#failed(failure);
    for (let at = attributes.length - 1; at >= 0; at--) this.#attribute(...(attributes[at] as CallFact));
    if (shape.fixed.length > 0) writer.raw(shape.fixed);
    writer.nanoseconds(8, nowMs + offsetMs);
    writer.nanoseconds(7, startedMs + offsetMs);
    writer.number(6, KIND_CLIENT);
    writer.text(5, clipped(name));
    writer.hex(4, trace.spanId);
    return this.#inTrace(trace, spanId);
  }

  #inTrace({ state, traceId }: RequestTrace, spanId: string): Buffer {
    const writer = this.#writer;
    if (state !== '') writer.text(3, state);
    writer.hex(2, spanId);
    writer.hex(1, traceId);
    writer.end(SCOPE_SPANS, 0);
    return writer.result();
  }

  #status(exchange: TracedExchange): void {
    if (spanFact('error.type', exchange) === null) return;
    const { grpc } = exchange.outcome;
    // Of other requests the status code says all there is.
    this.#failed(isCall(exchange) && grpc !== null ? grpcStatusName(grpc) : '');
  }

  /** `why`: for people; '': nothing is said. */
  #failed(why: string): void {
    const before = this.#writer.length;
    this.#writer.number(3, STATUS_ERROR);
    if (why !== '') this.#writer.text(2, clipped(why));
    this.#writer.end(15, before);
  }

  #retry({ atMs, reason, endpoint }: TracedRetry, offsetMs: number): void {
    const writer = this.#writer;
    const before = writer.length;
    if (endpoint !== '') this.#attribute(RETRY_ENDPOINT, endpoint, EVENT_ATTRIBUTES);
    this.#attribute(RETRY_REASON, reason, EVENT_ATTRIBUTES);
    writer.text(2, 'retry');
    writer.nanoseconds(1, atMs + offsetMs);
    writer.end(11, before);
  }

  #attributes(shape: SpanShape, trace: RequestTrace, exchange: TracedExchange): void {
    for (const header of shape.headers) this.#header(header, trace, exchange);
    this.#own(shape, exchange);
    const facts = isCall(exchange) ? shape.callFacts : shape.requestFacts;
    for (let at = facts.length - 1; at >= 0; at--) {
      const { fact, key } = facts[at] as NamedFact;
      const value = spanFact(fact, exchange);
      if (value !== null) this.#attribute(key, value);
    }
    if (shape.fixed.length > 0) this.#writer.raw(shape.fixed);
  }

  #own({ taken }: SpanShape, { decision, attempts, outcome }: TracedExchange): void {
    const endpoint = attempts.current?.endpoint ?? null;
    if (outcome.reason !== '' && !taken.has(OWN.reason)) this.#attribute(OWN_KEYS.reason, outcome.reason);
    if (attempts.count > 1 && !taken.has(OWN.attempts)) this.#attribute(OWN_KEYS.attempts, attempts.count);
    if (endpoint !== null && !taken.has(OWN.endpoint)) this.#attribute(OWN_KEYS.endpoint, endpoint.key);
    const rule = decision?.rule ?? null;
    if (rule !== null && !taken.has(OWN.rule)) this.#attribute(OWN_KEYS.rule, rule.ruleName);
    if (rule !== null && !taken.has(OWN.route))
      this.#attribute(OWN_KEYS.route, `${rule.rule.origin.kind}/${rule.route}`);
    if (decision !== null && !taken.has(OWN.listener)) this.#attribute(OWN_KEYS.listener, decision.listener);
  }

  #header({ source, header, key }: NamedHeader, trace: RequestTrace, exchange: TracedExchange): void {
    if (source === 'header') {
      const value = fieldIn(exchange, header) ?? valuesIn(trace.responseHead, trace.responseFields, header)[0];
      if (value !== undefined) this.#attribute(key, value);
      return;
    }
    const values =
      source === 'request-header'
        ? valuesIn(exchange.decision?.head ?? null, exchange.fields, header)
        : valuesIn(trace.responseHead, trace.responseFields, header);
    if (values.length > 0) this.#list(key, values);
  }

  /** `key`: its field, encoded. `field`: of which the attribute is one. */
  #attribute(key: Buffer, value: string | number, field: number = SPAN_ATTRIBUTES): void {
    const writer = this.#writer;
    const before = writer.length;
    if (typeof value === 'number') writer.number(INT, value);
    else writer.text(STRING, clipped(value));
    writer.end(VALUE, before);
    writer.raw(key);
    writer.end(field, before);
  }

  #list(key: Buffer, values: readonly string[]): void {
    const writer = this.#writer;
    const before = writer.length;
    for (let at = values.length - 1; at >= 0; at--) {
      const item = writer.length;
      writer.text(STRING, clipped(values[at] as string));
      writer.end(1, item);
    }
    writer.end(LIST, before);
    writer.end(VALUE, before);
    writer.raw(key);
    writer.end(SPAN_ATTRIBUTES, before);
  }
}

/** Of few different names, whatever clients ask for (conventions for HTTP and RPC spans). */
function nameOf(exchange: TracedExchange): string {
  const isKnown = exchange.decision?.match != null;
  if (isCall(exchange)) return isKnown ? pathOf(exchange).slice(1) : 'grpc';
  const said = spanFact('http.request.method', exchange);
  const method = said === '_OTHER' ? 'HTTP' : String(said);
  const template = templateOf(exchange);
  return template === null ? method : `${method} ${template}`;
}

function valuesIn(head: HeaderList | null, fields: VolatileFields, name: string): readonly string[] {
  const values: string[] = [];
  for (let at = 0; head !== null && at < head.names.length; at++)
    if (head.names[at] === name) values.push(head.values[at] as string);
  for (let at = 0; fields !== null && at + 1 < fields.length; at += 2)
    if (fields[at] === name) values.push(fields[at + 1] as string);
  return values;
}

function clipped(value: string): string {
  return value.length > MAX_VALUE_LENGTH ? value.slice(0, MAX_VALUE_LENGTH) : value;
}
