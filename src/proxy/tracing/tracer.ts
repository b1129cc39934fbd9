// SPDX-License-Identifier: Apache-2.0

/**
 * Tracing as one XTelemetryPolicy asks for it, compiled: whether a request is traced, and what its span tells.
 *
 * Per request: one look for `traceparent`, at most one random number; when traced, ids, two objects and one more field for the endpoint,
 * and at the end one span, encoded into memory that all spans of the worker use in turn. No promise, closure, Map or timer.
 * Guarded by `bench/micro/tracing.ts`.
 */
import type { MirrorShare, Tracing } from '../../snapshot/index.ts';
import type { Random } from '../../time/index.ts';
import { isTraceState, parseTraceParent, type TraceParent } from '../../values/index.ts';
import { joinedField, type VolatileFields } from '../../wire/index.ts';
import type { StepCallEnd } from '../filters/index.ts';
import { type CallPlace, RequestTrace, type TraceOwner } from './request-trace.ts';
import type { SpanExporter } from './span-exporter.ts';
import { compileShape, type SpanShape } from './span-shape.ts';
import type { SpanWriter } from './span-writer.ts';
import type { TraceIds } from './trace-ids.ts';
import type { TracedExchange } from './traced-exchange.ts';

/** What tracers of one worker share. */
export interface TracerParts {
  readonly random: Random;
  readonly ids: TraceIds;
  readonly writer: SpanWriter;
  readonly exporter: SpanExporter;
}

export class Tracer implements TraceOwner {
  readonly exporter: SpanExporter;
  readonly #tracing: Tracing;
  readonly #shape: SpanShape;
  readonly #random: Random;
  readonly #ids: TraceIds;
  readonly #writer: SpanWriter;

  constructor(tracing: Tracing, { random, ids, writer, exporter }: TracerParts) {
    this.exporter = exporter;
    this.#tracing = tracing;
    this.#shape = compileShape(tracing);
    this.#random = random;
    this.#ids = ids;
    this.#writer = writer;
  }

  /** A request came. null: it is not traced, and what it says of its trace passes as it is. */
  begin(fields: VolatileFields): RequestTrace | null {
    // Several fields of the name are none (Trace Context §3.2).
    const said = joinedField(fields, 'traceparent', ',');
    const parent = said === undefined ? null : parseTraceParent(said);
    const isSampled = this.#isIn(this.#shareOf(parent));
    if (parent !== null && !isSampled) return null;
    return new RequestTrace(this, parent, {
      isSampled,
      traceId: parent === null ? this.#ids.trace() : parent.traceId,
      spanId: this.#ids.span(),
      // Without the trace that it is about it means nothing (§4.3).
      state: parent === null ? '' : stateIn(fields),
    });
  }

  /** The request is over. Its span is encoded and waits to be sent, if it is traced. */
  end(trace: RequestTrace, exchange: TracedExchange, nowMs: number): void {
    const { exporter } = this;
    if (!trace.isSampled || exporter.dropsNext()) return;
    const time = { nowMs, offsetMs: exporter.epochOffsetMs() };
    exporter.add(this.#writer.write(trace, exchange, { shape: this.#shape, ...time }));
  }

  newSpanId(): string {
    return this.#ids.span();
  }

  endCall(call: CallPlace, end: StepCallEnd, nowMs: number): void {
    const { exporter } = this;
    if (exporter.dropsNext()) return;
    const time = { nowMs, offsetMs: exporter.epochOffsetMs() };
    exporter.add(this.#writer.writeCall(call, end, { shape: this.#shape, ...time }));
  }

  #shareOf(parent: TraceParent | null): MirrorShare {
    const { newTraces, recordedTraces } = this.#tracing;
    if (parent === null || recordedTraces === null) return newTraces;
    return parent.isSampled ? recordedTraces : NONE;
  }

  #isIn({ numerator, denominator }: MirrorShare): boolean {
    return numerator >= denominator || (numerator > 0 && this.#random() * denominator < numerator);
  }
}

const NONE: MirrorShare = { numerator: 0, denominator: 1 };

function stateIn(fields: VolatileFields): string {
  const state = joinedField(fields, 'tracestate', ',');
  return state !== undefined && isTraceState(state) ? state : '';
}
