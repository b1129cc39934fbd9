// SPDX-License-Identifier: Apache-2.0

/**
 * What the calls of one path are counted as. A method that a rule names has series of its own from the start. Any other
 * name is a client's word: its calls are held back until an endpoint has shown that it knows the method, with a message or
 * with a status that says more than "not here" or "not you"; else they are counted together as `other`.
 */
import { GrpcStatus } from '../../values/index.ts';
import type { CountedCall, MethodSeries } from './method-series.ts';

/** What servers answer before they look at a method's name. */
const PROVES_NOTHING: ReadonlySet<number> = new Set([
  GrpcStatus.UNIMPLEMENTED,
  GrpcStatus.UNAUTHENTICATED,
  GrpcStatus.PERMISSION_DENIED,
]);

/** The methods of a Gateway that endpoints have answered. */
export interface LearnedMethods {
  /** null: no endpoint has answered it yet. */
  find(path: string): MethodSeries | null;
  /** An endpoint answered it. */
  learn(path: string): MethodSeries;
}

export class GrpcMethodMetrics {
  readonly #path: string;
  readonly #learned: LearnedMethods;
  /** Where calls are counted that prove nothing. */
  readonly #unproven: MethodSeries;
  #proven: MethodSeries | null;

  /** `isNamed`: calls count in `series` in any case; else until the method of `path` is learned. */
  constructor(path: string, series: MethodSeries, isNamed: boolean, learned: LearnedMethods) {
    this.#path = path;
    this.#learned = learned;
    this.#unproven = series;
    this.#proven = isNamed ? series : null;
  }

  started(call: CountedCall): void {
    this.#proven ??= this.#learned.find(this.#path);
    this.#proven?.started(call);
  }

  /** `messages` more came from the client; `call` has them counted already. */
  received(call: CountedCall, messages: number): void {
    this.#proven?.received(call, messages);
  }

  /** `messages` more came from the endpoint; `call` has them counted already. */
  sent(call: CountedCall, messages: number): void {
    if (this.#proven !== null) {
      this.#proven.sent(call, messages);
    } else if (call.responseIsGrpc) {
      this.#proven = this.#learned.learn(this.#path);
      // With the messages that came so far.
      this.#proven.started(call);
    }
  }

  /** Once, when it is over. */
  handled(call: CountedCall, seconds: number): void {
    this.#proven ??= isProof(call) ? this.#learned.learn(this.#path) : this.#learned.find(this.#path);
    (this.#proven ?? this.#unproven).handled(call, seconds);
  }
}

function isProof({ outcome, responseIsGrpc }: CountedCall): boolean {
  const { grpc, reason } = outcome;
  return reason === '' && responseIsGrpc && (grpc === null || !PROVES_NOTHING.has(grpc));
}
