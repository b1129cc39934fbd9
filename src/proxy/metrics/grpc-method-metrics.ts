// SPDX-License-Identifier: Apache-2.0

/**
 * The `grpc_server_…` metrics, per Gateway and method.
 *
 * A proxy has no descriptors, so `grpc_type` is learned: a method is `unary` until a call carries a second message in one
 * direction, and never goes back. The calls in progress at that moment are counted as started under the old type.
 *
 * Per call: a handful of array stores. Slots are bound when a type or code is first seen.
 */
import { grpcStatusName } from '../../wire/index.ts';
import { HttpRequestMetrics, methodLabel } from './http-request-metrics.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/** Service and method pairs per Gateway; further ones are counted as `other`. Names come from clients: they must be bounded. */
const MAX_METHODS = 1_000;
const TYPES = ['unary', 'client_stream', 'server_stream', 'bidi_stream'] as const;
const CODES = 17;
const UNBOUND = -1;

/** Slots of one method while it has one type. */
class TypeSlots {
  readonly started: number;
  readonly received: number;
  readonly sent: number;
  readonly handling: number;
  readonly handled = new Int32Array(CODES).fill(UNBOUND);

  constructor(metrics: WorkerMetrics, labels: Readonly<Record<string, string>>) {
    this.started = metrics.slot('grpc_server_started_total', labels);
    this.received = metrics.slot('grpc_server_msg_received_total', labels);
    this.sent = metrics.slot('grpc_server_msg_sent_total', labels);
    this.handling = metrics.histogram('grpc_server_handling_seconds', labels);
  }
}

export class GrpcMethodMetrics {
  readonly service: string;
  readonly method: string;
  readonly #metrics: WorkerMetrics;
  readonly #values: Float64Array;
  readonly #gateway: string;
  /** Bit 0: clients stream; bit 1: servers stream. */
  #type = 0;
  #slots: TypeSlots;
  readonly #byType: (TypeSlots | undefined)[] = [undefined, undefined, undefined, undefined];

  constructor(metrics: WorkerMetrics, gateway: string, service: string, method: string) {
    this.service = service;
    this.method = method;
    this.#metrics = metrics;
    this.#values = metrics.values;
    this.#gateway = gateway;
    this.#slots = this.#slotsOf(0);
  }

  started(): void {
    const slot = this.#slots.started;
    this.#values[slot] = (this.#values[slot] as number) + 1;
  }

  /** `total`: messages of this call so far, these included. */
  received(messages: number, total: number): void {
    if (total > 1 && (this.#type & 1) === 0) this.#learn(1);
    const slot = this.#slots.received;
    this.#values[slot] = (this.#values[slot] as number) + messages;
  }

  /** `total`: messages of this call so far, these included. */
  sent(messages: number, total: number): void {
    if (total > 1 && (this.#type & 2) === 0) this.#learn(2);
    const slot = this.#slots.sent;
    this.#values[slot] = (this.#values[slot] as number) + messages;
  }

  handled(code: number, seconds: number): void {
    const slots = this.#slots;
    const known = code >= 0 && code < CODES ? code : 2;
    let slot = slots.handled[known] as number;
    if (slot === UNBOUND) {
      slot = this.#metrics.slot('grpc_server_handled_total', {
        ...this.#labels(this.#type),
        grpc_code: grpcStatusName(known),
      });
      slots.handled[known] = slot;
    }
    this.#values[slot] = (this.#values[slot] as number) + 1;
    this.#metrics.observe(slots.handling, seconds);
  }

  #learn(bit: number): void {
    this.#type |= bit;
    this.#slots = this.#slotsOf(this.#type);
  }

  #slotsOf(type: number): TypeSlots {
    let slots = this.#byType[type];
    if (slots === undefined) this.#byType[type] = slots = new TypeSlots(this.#metrics, this.#labels(type));
    return slots;
  }

  #labels(type: number): Readonly<Record<string, string>> {
    return {
      gateway: this.#gateway,
      grpc_type: TYPES[type] ?? 'unary',
      grpc_service: this.service,
      grpc_method: this.method,
    };
  }
}

/** The gRPC methods of one Gateway in one worker, and its requests that are not gRPC. */
export class GatewayMetrics {
  readonly #metrics: WorkerMetrics;
  readonly #gateway: string;
  readonly #methods = new Map<string, GrpcMethodMetrics>();
  readonly #http = new Map<string, HttpRequestMetrics>();
  #other: GrpcMethodMetrics | undefined;

  /** `gateway`: `namespace/name`. */
  constructor(metrics: WorkerMetrics, gateway: string) {
    this.#metrics = metrics;
    this.#gateway = gateway;
  }

  /** For a path `/service/method`; looked up once per header list. */
  method(path: string): GrpcMethodMetrics {
    const known = this.#methods.get(path);
    if (known !== undefined) return known;
    const slash = path.lastIndexOf('/');
    if (this.#methods.size >= MAX_METHODS || slash <= 0) return this.#otherMethod();
    const made = new GrpcMethodMetrics(this.#metrics, this.#gateway, path.slice(1, slash), path.slice(slash + 1));
    this.#methods.set(path, made);
    return made;
  }

  /** Of requests that are not gRPC; looked up once per header list. */
  http(method: string, scheme: 'http' | 'https'): HttpRequestMetrics {
    const label = methodLabel(method);
    const key = `${scheme} ${label}`;
    let metrics = this.#http.get(key);
    if (metrics === undefined) {
      metrics = new HttpRequestMetrics(this.#metrics, this.#gateway, label, scheme);
      this.#http.set(key, metrics);
    }
    return metrics;
  }

  #otherMethod(): GrpcMethodMetrics {
    this.#other ??= new GrpcMethodMetrics(this.#metrics, this.#gateway, 'other', 'other');
    return this.#other;
  }
}
