// SPDX-License-Identifier: Apache-2.0

import { MessageCounter } from '../../../wire/index.ts';
import type { CountedCall, GrpcMethodMetrics, TypeSeries } from '../../metrics/index.ts';
import type { Face, FaceCall, FaceMetrics } from '../face.ts';
import type { Outcome } from '../outcome.ts';

/** Counts the messages of one call in both directions. Per call: itself and two counters. */
export class GrpcMessages implements FaceCall, CountedCall {
  series: TypeSeries | null = null;
  readonly requestMessages: MessageCounter = new MessageCounter();
  readonly responseMessages: MessageCounter = new MessageCounter();
  responseIsGrpc = false;
  readonly outcome: Outcome;
  readonly #method: GrpcMethodMetrics | null;
  readonly #rule: FaceMetrics['rule'];

  constructor({ method, rule }: FaceMetrics, outcome: Outcome) {
    this.outcome = outcome;
    this.#method = method;
    this.#rule = rule;
    if (method !== null) method.started(this);
  }

  onRequestData(chunk: Buffer, start: number, end: number): void {
    const counter = this.requestMessages;
    const before = counter.messages;
    counter.feed(chunk, start, end);
    if (counter.messages > before && this.#method !== null) this.#method.received(this, counter.messages - before);
  }

  onResponse(face: Face): void {
    this.responseIsGrpc = face.name === 'grpc';
  }

  onResponseData(chunk: Buffer, start: number, end: number): void {
    if (!this.responseIsGrpc) return;
    const counter = this.responseMessages;
    const before = counter.messages;
    counter.feed(chunk, start, end);
    if (counter.messages > before && this.#method !== null) this.#method.sent(this, counter.messages - before);
  }

  close(seconds: number): void {
    if (this.#method !== null) this.#method.handled(this, seconds);
    if (this.#rule !== null) this.#rule.metrics.callFinished(this.outcome.grpc);
  }
}
