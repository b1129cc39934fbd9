// SPDX-License-Identifier: Apache-2.0

import type { RouteEntry } from '../../../snapshot/index.ts';
import { MessageCounter } from '../../../wire/index.ts';
import { type CountedCall, GrpcMethodMetrics, type TypeSeries } from '../../metrics/index.ts';
import type { CountedRequest, Face, FaceCall, FaceMetrics, RequestSeries } from '../face.ts';
import type { Outcome } from '../outcome.ts';

/** What nothing took is counted as `other`, whatever it names; what an entry for gRPC took names a method. */
export function seriesOf({ metrics }: CountedRequest, target: string, entry: RouteEntry | undefined): RequestSeries {
  return metrics.method(target, entry?.match.kind === 'grpc' ? entry.match.method : undefined);
}

/** Counts the messages of one call in both directions. Per call: itself and two counters. */
export class GrpcMessages implements FaceCall, CountedCall {
  series: TypeSeries | null = null;
  readonly requestMessages: MessageCounter = new MessageCounter();
  readonly responseMessages: MessageCounter = new MessageCounter();
  responseIsGrpc = false;
  readonly outcome: Outcome;
  readonly #method: GrpcMethodMetrics | null;
  #rule: FaceMetrics['rule'];

  constructor({ series, rule }: FaceMetrics, outcome: Outcome) {
    this.outcome = outcome;
    this.#method = series instanceof GrpcMethodMetrics ? series : null;
    this.#rule = rule;
    this.#method?.started(this);
  }

  takenBy(rule: FaceMetrics['rule']): void {
    this.#rule = rule;
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
