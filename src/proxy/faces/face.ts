// SPDX-License-Identifier: Apache-2.0

import type { HeaderList, VolatileFields } from '../../wire/index.ts';
import type { GrpcMethodMetrics, HttpRequestMetrics, RuleMetrics } from '../metrics/index.ts';
import type { Answer } from './answer.ts';
import type { Outcome } from './outcome.ts';

/** How a protocol that travels in HTTP messages says what a proxy has to know of it, and what a proxy has to say. Stateless. */
export interface Face {
  readonly name: 'grpc' | 'http';
  /**
   * Its clients read while they still send, and may wait for our answer before they go on: it is sent at once. Else it waits for
   * the end of the request, as many clients read the answer only then.
   */
  readonly readsWhileSending: boolean;
  /** `content-length` of a response passes. False: the message counts itself, and an answer that we end is shorter than was said. */
  readonly passesLength: boolean;
  /** How long the client waits for the whole call, in milliseconds; undefined: it does not say. */
  deadlineOf(fields: VolatileFields): number | undefined;
  /** `fields` as an endpoint gets them that has `ms` left by the word of a route. */
  withDeadline(fields: VolatileFields, ms: number): VolatileFields;
  /** The gRPC status that a head or trailers say; null: they say none. */
  statusIn(list: HeaderList): number | null;
  /** The same of a response that ended without one, by its HTTP status; null: such responses have none. */
  statusOfHttp(status: number): number | null;
  /** The whole response for an answer of ours. */
  say(answer: Answer): SpokenAnswer;
  /** The end of a response that has begun; null: it cannot be said, only cut. */
  sayAtEnd(answer: Answer): SpokenEnd | null;
  /** Begins to count a request. Its books are told what comes, and `outcome` is read when they are closed. */
  begin(metrics: FaceMetrics, outcome: Outcome): FaceCall;
}

/** Where requests of a kind are counted; `method` or `http`, the one of the other face, is null. */
export interface FaceMetrics {
  readonly method: GrpcMethodMetrics | null;
  readonly http: HttpRequestMetrics | null;
  /** null: no rule took it. */
  readonly rule: { readonly metrics: RuleMetrics } | null;
}

/** A response's head, and its body if it has one. */
export interface SpokenAnswer {
  readonly names: readonly string[];
  readonly values: readonly string[];
  /** What differs from answer to answer. */
  readonly fields: VolatileFields;
  /** null: nothing follows the head. */
  readonly body: Buffer | null;
  readonly httpStatus: number;
}

/** Trailers that end a response. */
export interface SpokenEnd {
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly fields: VolatileFields;
  /** Nobody waits any more for what is queued before them. */
  readonly isLate: boolean;
}

/** One request's books: what a protocol counts of its body. */
export interface FaceCall {
  /** A piece of the request's body; not empty. */
  onRequestData(chunk: Buffer, start: number, end: number): void;
  /** The response's head came; `face`: what it speaks. */
  onResponse(face: Face): void;
  /** A piece of the response's body; not empty. */
  onResponseData(chunk: Buffer, start: number, end: number): void;
  /** Once. */
  close(seconds: number): void;
}
