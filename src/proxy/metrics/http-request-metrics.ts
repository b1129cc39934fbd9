// SPDX-License-Identifier: Apache-2.0

import { HISTOGRAM_BOUNDS_BYTES } from './families.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/** RFC 9110 §9.3 and RFC 5789. Methods come from clients: any other is shown as `_OTHER`, as OpenTelemetry does. */
const METHODS: ReadonlySet<string> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'TRACE',
]);
/** The client left before there was a status. */
const CLIENT_CLOSED = 499;

/** The value of the label `http_request_method`. */
export function methodLabel(method: string): string {
  return METHODS.has(method) ? method : '_OTHER';
}

/** The status that a request is counted under. `status`: 0 when the response had not begun. */
export function knownStatus(status: number): number {
  return status >= 100 && status <= 599 ? status : CLIENT_CLOSED;
}

/** What is known of a request when it is over. */
export interface FinishedRequest {
  /** 0: the response had not begun. */
  readonly status: number;
  readonly seconds: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** The first slots of the histograms of one status. */
interface StatusSlots {
  readonly duration: number;
  readonly requestSize: number;
  readonly responseSize: number;
}

/** The `http_server_…` of one method and scheme of a Gateway, for requests that are not gRPC; names are OpenTelemetry's. */
export class HttpRequestMetrics {
  readonly #metrics: WorkerMetrics;
  readonly #labels: { readonly gateway: string; readonly http_request_method: string; readonly url_scheme: string };
  readonly #byStatus = new Map<number, StatusSlots>();
  readonly #active: number;

  /** `gateway`: `namespace/name`; `method`: a label that `methodLabel` gave. */
  constructor(metrics: WorkerMetrics, gateway: string, method: string, scheme: 'http' | 'https') {
    this.#metrics = metrics;
    this.#labels = { gateway, http_request_method: method, url_scheme: scheme };
    this.#active = metrics.slot('http_server_active_requests', this.#labels);
  }

  started(): void {
    this.#addActive(1);
  }

  /** Once for each that started. */
  finished({ status, seconds, requestBytes, responseBytes }: FinishedRequest): void {
    this.#addActive(-1);
    const known = knownStatus(status);
    const slots = this.#byStatus.get(known) ?? this.#bind(known);
    this.#metrics.observe(slots.duration, seconds);
    this.#metrics.observe(slots.requestSize, requestBytes, HISTOGRAM_BOUNDS_BYTES);
    this.#metrics.observe(slots.responseSize, responseBytes, HISTOGRAM_BOUNDS_BYTES);
  }

  #addActive(change: number): void {
    const { values } = this.#metrics;
    values[this.#active] = (values[this.#active] as number) + change;
  }

  #bind(status: number): StatusSlots {
    const labels = { ...this.#labels, http_response_status_code: String(status) };
    const slots = {
      duration: this.#metrics.histogram('http_server_request_duration_seconds', labels),
      requestSize: this.#metrics.histogram('http_server_request_body_size_bytes', labels),
      responseSize: this.#metrics.histogram('http_server_response_body_size_bytes', labels),
    };
    this.#byStatus.set(status, slots);
    return slots;
  }
}
