// SPDX-License-Identifier: Apache-2.0

import type { FaceCall, FaceMetrics } from '../face.ts';
import type { Outcome } from '../outcome.ts';

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
    const { http, rule } = this.#metrics;
    http?.finished(this.#outcome.http, seconds);
    rule?.metrics.requestFinished(this.#outcome.http);
  }
}
