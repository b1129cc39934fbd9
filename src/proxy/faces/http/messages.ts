// SPDX-License-Identifier: Apache-2.0

import { HttpRequestMetrics } from '../../metrics/index.ts';
import type { CountedRequest, FaceCall, FaceMetrics, RequestSeries } from '../face.ts';
import type { Outcome } from '../outcome.ts';

export function seriesOf({ head, metrics, scope }: CountedRequest): RequestSeries {
  return metrics.http(head.get(':method') ?? '', scope.proto);
}

/** A request and its response are one message each way: nothing in them is counted. */
export class HttpMessages implements FaceCall {
  readonly #outcome: Outcome;
  readonly #metrics: FaceMetrics;

  constructor(metrics: FaceMetrics, outcome: Outcome) {
    this.#outcome = outcome;
    this.#metrics = metrics;
  }

  onRequestData(): void {}

  onResponse(): void {}

  onResponseData(): void {}

  close(seconds: number): void {
    const { series, rule } = this.#metrics;
    if (series instanceof HttpRequestMetrics) series.finished(this.#outcome.http, seconds);
    rule?.metrics.requestFinished(this.#outcome.http);
  }
}
