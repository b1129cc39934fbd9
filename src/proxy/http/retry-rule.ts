// SPDX-License-Identifier: Apache-2.0

import type { RetryPolicy } from '../../snapshot/index.ts';
import type { Random } from '../../time/index.ts';
import { GrpcStatus } from '../../values/index.ts';

/** The pause is doubled from try to try, up to so many times the first one. */
const MAX_BACKOFF_FACTOR = 8;

/** A rule's retries, ready to be asked. */
export class CompiledRetry {
  readonly attempts: number;
  /** A call's answer may turn out, with its trailers, to be one that is tried again: its head is held back (see `HeldHead`). */
  readonly holdsHeads: boolean;
  /** An answer that does not begin in time is tried again: who lists the status that tells of it says that it may be repeated. */
  readonly takesLate: boolean;
  readonly #http: ReadonlySet<number>;
  readonly #grpc: ReadonlySet<number>;
  readonly #backoffMs: number;

  constructor({ attempts, httpStatuses, grpcStatuses, backoffMs }: RetryPolicy) {
    this.attempts = attempts;
    this.#http = new Set(httpStatuses);
    this.#grpc = new Set(grpcStatuses);
    this.holdsHeads = grpcStatuses.length > 0;
    this.takesLate = this.#http.has(504) || this.#grpc.has(GrpcStatus.DEADLINE_EXCEEDED);
    this.#backoffMs = backoffMs;
  }

  takesHttp(status: number): boolean {
    return this.#http.has(status);
  }

  takesGrpc(status: number): boolean {
    return this.#grpc.has(status);
  }

  /**
   * Milliseconds before the further try of number `retry` (1 is the first): at least what the rule says, at most twice that, so that
   * clients that failed together do not come back together; doubled with each try.
   */
  pauseBefore(retry: number, random: Random): number {
    const baseMs = this.#backoffMs * Math.min(2 ** (retry - 1), MAX_BACKOFF_FACTOR);
    return baseMs * (1 + random());
  }
}
