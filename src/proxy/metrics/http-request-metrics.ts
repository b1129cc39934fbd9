// SPDX-License-Identifier: Apache-2.0

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

/** `http_server_request_duration_seconds` of one method and scheme of a Gateway, for requests that are not gRPC. */
export class HttpRequestMetrics {
  readonly #metrics: WorkerMetrics;
  readonly #labels: { readonly gateway: string; readonly http_request_method: string; readonly url_scheme: string };
  /** The first slot of each status seen. */
  readonly #byStatus = new Map<number, number>();

  /** `gateway`: `namespace/name`; `method`: a label that `methodLabel` gave. */
  constructor(metrics: WorkerMetrics, gateway: string, method: string, scheme: 'http' | 'https') {
    this.#metrics = metrics;
    this.#labels = { gateway, http_request_method: method, url_scheme: scheme };
  }

  /** `status`: 0 when the response had not begun. */
  finished(status: number, seconds: number): void {
    const known = knownStatus(status);
    let slot = this.#byStatus.get(known);
    if (slot === undefined) {
      const labels = { ...this.#labels, http_response_status_code: String(known) };
      slot = this.#metrics.histogram('http_server_request_duration_seconds', labels);
      this.#byStatus.set(known, slot);
    }
    this.#metrics.observe(slot, seconds);
  }
}
