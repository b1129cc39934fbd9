// SPDX-License-Identifier: Apache-2.0

/**
 * The `grpc_server_…` series of one service and method of a Gateway.
 *
 * A proxy has no descriptors, so `grpc_type` is learned: a method is `unary` until a call carries a second message in one
 * direction, and never goes back. A call is counted under one type from start to end, so started − handled is never
 * negative and is 0 at rest, for every label set.
 *
 * So that the first call of a stream does not count as unary, it is counted late: when it ends, when another call of the
 * method begins, or when it has carried `CERTAIN_MESSAGES`. At most one call of a method in a worker is not seen yet.
 *
 * Per call: a handful of array stores. Slots are bound when a type or code is first seen.
 */
import { grpcStatusName } from '../../wire/index.ts';
import type { MethodSource, WorkerMetrics } from './worker-metrics.ts';

const TYPES = ['unary', 'client_stream', 'server_stream', 'bidi_stream'] as const;
const CLIENT_STREAMS = 1;
const SERVER_STREAMS = 2;
const CODES = 17;
const UNKNOWN = 2;
const UNBOUND = -1;
/** Messages in one direction after which the first call's type is taken for what it looks like. */
const CERTAIN_MESSAGES = 8;

/** A call, as its metrics see it. */
export interface CountedCall {
  /** Where it is counted; null: not counted yet. Owned by the metrics. */
  series: TypeSeries | null;
  /** Messages from the client, and from the endpoint, so far. */
  readonly requestMessages: { readonly messages: number };
  readonly responseMessages: { readonly messages: number };
  /** Of a call that is over: its status, and why no endpoint answered; '' when one did. */
  readonly outcome: { readonly grpc: number | null; readonly reason: string };
  /** What the endpoint answered is gRPC. */
  readonly responseIsGrpc: boolean;
}

/** Whose series they are. */
export interface MethodLabels {
  readonly gateway: string;
  readonly service: string;
  readonly method: string;
  /** `together`: calls of many methods, whose type says nothing. */
  readonly kind: MethodSource | 'together';
}

/** The slots of one method while it has one type. */
export class TypeSeries {
  readonly started: number;
  readonly received: number;
  readonly sent: number;
  readonly handling: number;
  readonly handled = new Int32Array(CODES).fill(UNBOUND);
  readonly labels: Readonly<Record<'gateway' | 'grpc_type' | 'grpc_service' | 'grpc_method', string>>;

  constructor(metrics: WorkerMetrics, { gateway, service, method, kind }: MethodLabels, type: string) {
    const note = noteOf({ kind });
    this.labels = { gateway, grpc_type: type, grpc_service: service, grpc_method: method };
    this.started = metrics.slot('grpc_server_started_total', this.labels, note);
    this.received = metrics.slot('grpc_server_msg_received_total', this.labels, note);
    this.sent = metrics.slot('grpc_server_msg_sent_total', this.labels, note);
    this.handling = metrics.histogram('grpc_server_handling_seconds', this.labels, note);
  }
}

export class MethodSeries {
  readonly #labels: MethodLabels;
  readonly #metrics: WorkerMetrics;
  readonly #values: Float64Array;
  /** Bits, see above: what is known, and what may still be learned. */
  #type = 0;
  #unknown: number;
  /** A call has ended, or a type was learned: what the method is, is known. */
  #isTyped: boolean;
  /** The first call, while it is not counted. */
  #first: CountedCall | null = null;
  readonly #byType: (TypeSeries | undefined)[] = [undefined, undefined, undefined, undefined];

  constructor(metrics: WorkerMetrics, labels: MethodLabels) {
    this.#metrics = metrics;
    this.#values = metrics.values;
    this.#labels = labels;
    this.#isTyped = labels.kind === 'together';
    this.#unknown = this.#isTyped ? 0 : CLIENT_STREAMS | SERVER_STREAMS;
  }

  started(call: CountedCall): void {
    if (this.#isTyped) {
      this.#count(call);
      return;
    }
    const first = this.#first;
    if (first === null) {
      this.#first = call;
      return;
    }
    this.#count(first);
    this.#count(call);
  }

  /** `messages` more came from the client; `call` has them counted already. */
  received(call: CountedCall, messages: number): void {
    const { series } = call;
    if (this.#unknown !== 0) this.#learn(call);
    if (series !== null) this.#add(series.received, messages);
    else this.#countIfCertain(call, call.requestMessages.messages);
  }

  /** `messages` more came from the endpoint; `call` has them counted already. */
  sent(call: CountedCall, messages: number): void {
    const { series } = call;
    if (this.#unknown !== 0) this.#learn(call);
    if (series !== null) this.#add(series.sent, messages);
    else this.#countIfCertain(call, call.responseMessages.messages);
  }

  handled(call: CountedCall, seconds: number): void {
    if (call.series === null) this.#count(call);
    const series = call.series as TypeSeries | null;
    if (series === null) return;
    const { grpc } = call.outcome;
    const code = grpc !== null && grpc >= 0 && grpc < CODES ? grpc : UNKNOWN;
    let slot = series.handled[code] as number;
    if (slot === UNBOUND) {
      const labels = { ...series.labels, grpc_code: grpcStatusName(code) };
      slot = this.#metrics.slot('grpc_server_handled_total', labels, noteOf(this.#labels));
      series.handled[code] = slot;
    }
    this.#add(slot, 1);
    this.#metrics.observe(series.handling, seconds);
  }

  /** Counts a call as started, with the messages that it has carried. */
  #count(call: CountedCall): void {
    if (this.#first === call) this.#first = null;
    this.#isTyped = true;
    this.#learn(call);
    const series = this.#seriesOf(this.#type);
    call.series = series;
    this.#add(series.started, 1);
    this.#add(series.received, call.requestMessages.messages);
    this.#add(series.sent, call.responseMessages.messages);
  }

  #learn(call: CountedCall): void {
    if (call.requestMessages.messages > 1) this.#type |= CLIENT_STREAMS & this.#unknown;
    if (call.responseMessages.messages > 1) this.#type |= SERVER_STREAMS & this.#unknown;
    this.#unknown &= ~this.#type;
  }

  #countIfCertain(call: CountedCall, messages: number): void {
    if (messages >= CERTAIN_MESSAGES || this.#type === (CLIENT_STREAMS | SERVER_STREAMS)) this.#count(call);
  }

  #add(slot: number, amount: number): void {
    this.#values[slot] = (this.#values[slot] as number) + amount;
  }

  #seriesOf(type: number): TypeSeries {
    let series = this.#byType[type];
    if (series === undefined) {
      const name = this.#labels.kind === 'together' ? 'unknown' : (TYPES[type] as string);
      this.#byType[type] = series = new TypeSeries(this.#metrics, this.#labels, name);
    }
    return series;
  }
}

function noteOf({ kind }: Pick<MethodLabels, 'kind'>): MethodSource | null {
  return kind === 'together' ? null : kind;
}
