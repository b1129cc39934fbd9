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
  readonly #series: RequestSeries;
  #rule: FaceMetrics['rule'];
  #requestBytes = 0;
  #responseBytes = 0;

  constructor({ series, rule }: FaceMetrics, outcome: Outcome) {
    this.#outcome = outcome;
    this.#series = series;
    this.#rule = rule;
    if (series instanceof HttpRequestMetrics) series.started();
  }

  takenBy(rule: FaceMetrics['rule']): void {
    this.#rule = rule;
  }

  onRequestData(_chunk: Buffer, start: number, end: number): void {
    this.#requestBytes += end - start;
  }

  onResponse(): void {}

  onResponseData(_chunk: Buffer, start: number, end: number): void {
    this.#responseBytes += end - start;
  }

  close(seconds: number): void {
    const series = this.#series;
    const { http: status } = this.#outcome;
    if (series instanceof HttpRequestMetrics) {
      series.finished({ status, seconds, requestBytes: this.#requestBytes, responseBytes: this.#responseBytes });
    }
    this.#rule?.metrics.requestFinished(status);
  }
}
