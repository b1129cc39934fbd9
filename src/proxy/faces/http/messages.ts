// SPDX-License-Identifier: Apache-2.0

import type { HttpRequestMetrics } from '../../metrics/index.ts';
import type { FaceCall, FaceMetrics } from '../face.ts';
import type { Outcome } from '../outcome.ts';

/** A request and its response are one message each way: nothing in them is counted. */
export class HttpMessages implements FaceCall {
  readonly #outcome: Outcome;
  readonly #http: HttpRequestMetrics | null;

  constructor({ http }: FaceMetrics, outcome: Outcome) {
    this.#outcome = outcome;
    this.#http = http;
  }

  onRequestData(): void {}

  onResponse(): void {}

  onResponseData(): void {}

  close(seconds: number): void {
    this.#http?.finished(this.#outcome.http, seconds);
  }
}
