// SPDX-License-Identifier: Apache-2.0

import { HttpRequestMetrics } from '../../metrics/index.ts';
import type { CountedRequest, FaceCall, FaceMetrics, RequestSeries } from '../face.ts';
import type { Outcome } from '../outcome.ts';

export function seriesOf({ head, metrics, scope }: CountedRequest): RequestSeries {
  return metrics.http(head.get(':method') ?? '', scope.proto);
}

/** A request and its response are one message each way: only their length is counted. */
export class HttpMessages implements FaceCall {
  readonly #outcome: Outcome;
  readonly #metrics: FaceMetrics;
  #requestBytes = 0;
  #responseBytes = 0;

  constructor(metrics: FaceMetrics, outcome: Outcome) {
    this.#outcome = outcome;
    this.#metrics = metrics;
    if (metrics.series instanceof HttpRequestMetrics) metrics.series.started();
  }

  onRequestData(_chunk: Buffer, start: number, end: number): void {
    this.#requestBytes += end - start;
  }

  onResponse(): void {}

  onResponseData(_chunk: Buffer, start: number, end: number): void {
    this.#responseBytes += end - start;
  }

  close(seconds: number): void {
    const { series, rule } = this.#metrics;
    const { http: status } = this.#outcome;
    if (series instanceof HttpRequestMetrics) {
      series.finished({ status, seconds, requestBytes: this.#requestBytes, responseBytes: this.#responseBytes });
    }
    rule?.metrics.requestFinished(status);
  }
}
