// SPDX-License-Identifier: Apache-2.0

import type { RequestFailureReason } from '../../errors/index.ts';
import type { RouteEntry } from '../../snapshot/index.ts';
import type { HeaderList, VolatileFields } from '../../wire/index.ts';
import type { GatewayMetrics, GrpcMethodMetrics, HttpRequestMetrics, RuleMetrics } from '../metrics/index.ts';
import type { Answer } from './answer.ts';
import type { Outcome } from './outcome.ts';

/** How a protocol that travels in HTTP messages says what a proxy has to know of it, and what a proxy has to say. Stateless. */
export interface Face {
  readonly name: 'grpc' | 'http';
  /** What one request and its response are called, to its clients. */
  readonly noun: string;
  /**
   * Its clients read while they still send, and may wait for our answer before they go on: it is sent at once. Else it waits for
   * the end of the request, as many clients read the answer only then.
   */
  readonly readsWhileSending: boolean;
  /** The status of a response may stand in its trailers. */
  readonly endsWithStatus: boolean;
  /** `content-length` of a response passes. False: the message counts itself, and an answer that we end is shorter than was said. */
  readonly passesLength: boolean;
  /** A response gets a `date` when it has none (RFC 9110 §6.6.1). False: nobody reads it, and it would cost each call. */
  readonly saysDate: boolean;
  /** Its endpoints expect to hear that trailers are taken (`te`), whatever the client said of its own hop. */
  readonly takesTrailers: boolean;
  /** A request's target in the form that rules and endpoints see; '': it is refused. The same string where it has that form. */
  readTarget(sent: string): string;
  /** What a request asks for, as messages name it. */
  asked(head: HeaderList, target: string): string;
  /** Why no rule at all could take a request, of those that say so by `head` and `target` alone; null: one might. */
  refusalOf(head: HeaderList, target: string): Refusal | null;
  /** Where a request is counted. `target`: as `readTarget` says; `entry`: what took it; undefined: nothing did. */
  seriesOf(request: CountedRequest, target: string, entry: RouteEntry | undefined): RequestSeries;
  /** Where it is counted depends on its target. */
  readonly countsByTarget: boolean;
  /** How long the client waits for the whole call, in milliseconds; undefined: it does not say. */
  deadlineOf(fields: VolatileFields): number | undefined;
  /** `fields` as an endpoint gets them that has `ms` left by the word of a route. */
  withDeadline(fields: VolatileFields, ms: number): VolatileFields;
  /** `fields` of a request as the endpoint of the next try gets them. */
  withAttempt(fields: VolatileFields): VolatileFields;
  /** The gRPC status that a head or trailers say; null: they say none. */
  statusIn(list: HeaderList): number | null;
  /** The same of a response that ended without one, by its HTTP status; null: such responses have none. */
  statusOfHttp(status: number): number | null;
  /** What a call ended with, by its name; null: there are no calls, the HTTP status says all. */
  statusName(outcome: Outcome): string | null;
  /** The whole response for an answer of ours. */
  say(answer: Answer): SpokenAnswer;
  /** The end of a response that has begun; null: it cannot be said, only cut. */
  sayAtEnd(answer: Answer): SpokenEnd | null;
  /** Begins to count a request. Its books are told what comes, and `outcome` is read when they are closed. */
  begin(metrics: FaceMetrics, outcome: Outcome): FaceCall;
}

/** Why a request is refused, and what its client is told. */
export interface Refusal {
  readonly reason: RequestFailureReason;
  readonly text: string;
}

/** What of a request decides where it is counted. */
export interface CountedRequest {
  readonly head: HeaderList;
  readonly metrics: GatewayMetrics;
  readonly scope: { readonly proto: 'http' | 'https' };
}

/** Counters of requests of one kind: each face has its own. */
export type RequestSeries = GrpcMethodMetrics | HttpRequestMetrics;

/** Where a request is counted; `series`: what its face said. */
export interface FaceMetrics {
  readonly series: RequestSeries;
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
  /** A rule took the request, or none did (null), that was not asked when the books were begun. */
  takenBy(rule: FaceMetrics['rule']): void;
  /** A piece of the request's body; not empty. */
  onRequestData(chunk: Buffer, start: number, end: number): void;
  /** The response's head came; `face`: what it speaks. */
  onResponse(face: Face): void;
  /** A piece of the response's body; not empty. */
  onResponseData(chunk: Buffer, start: number, end: number): void;
  /** Once. */
  close(seconds: number): void;
}
