// SPDX-License-Identifier: Apache-2.0

import type { ConnectFailure } from './connect-failure.ts';

/**
 * How long an endpoint that failed is left alone: gRPC's connection backoff
 * (https://github.com/grpc/grpc/blob/master/doc/connection-backoff.md). First wait after a failure.
 */
const INITIAL_MS = 1_000;
/** Each failure in a row multiplies the wait by this … */
const FACTOR = 1.6;
/** … up to this. */
const MAX_MS = 120_000;
/** Spread of each wait, so that workers and replicas do not reconnect together. */
const JITTER = 0.2;
/**
 * While nothing of a cluster can be reached, requests may dial an endpoint that did not answer this long after its last
 * failure: a Pod that restarts should serve soon, and a refused connect costs it nothing. An endpoint that greets and then
 * ends the connection is spared the whole wait. One that ends it for a request, as far as is known (over HTTP/1.1 it is not, over
 * HTTP/2 GOAWAY says so), is dialled for each request: handlers that crash end their connection alone, and whoever knows how
 * to make them crash must not have all others refused.
 */
const REQUEST_RETRY_MS = 1_000;
/**
 * Connections in a row that were open and ended without use, before the first wait: servers say GOAWAY while they restart, and
 * a call that they left out should not pay for it.
 */
const FREE_FAILURES = 2;

/** When an endpoint may be dialled again. Failures in a row count until a connection has proved itself, not until one is there. */
export class ConnectBackoff {
  /** The last one; null: none since the last success. */
  failure: ConnectFailure | null = null;
  #failures = 0;
  #untilMs = 0;
  #requestUntilMs = 0;

  /** A connect failed, or a connection ended before it was of use. Returns how long to wait. `random` is in [0, 1). */
  fail(failure: ConnectFailure, nowMs: number, random: number): number {
    this.#failures += 1;
    this.failure = failure;
    const isFree = failure.stage === 'open' || failure.stage === 'asked';
    const counted = isFree ? this.#failures - FREE_FAILURES : this.#failures;
    const waitMs = counted <= 0 ? 0 : backoffMs(counted, random);
    this.#untilMs = nowMs + waitMs;
    if (failure.stage === 'unreached') this.#requestUntilMs = Math.min(this.#untilMs, nowMs + REQUEST_RETRY_MS);
    else if (failure.stage !== 'asked') this.#requestUntilMs = this.#untilMs;
    return waitMs;
  }

  /** A connection answered a request, or lived long. */
  succeed(): void {
    this.#failures = 0;
    this.failure = null;
    this.#untilMs = 0;
    this.#requestUntilMs = 0;
  }

  /** No dial before `untilMs`, whoever asks. */
  pause(untilMs: number): void {
    this.#requestUntilMs = Math.max(this.#requestUntilMs, untilMs);
    this.#untilMs = Math.max(this.#untilMs, untilMs);
  }

  /** Milliseconds until a request may dial; 0: now. */
  requestWaitMs(nowMs: number): number {
    return Math.max(0, this.#requestUntilMs - nowMs);
  }

  /** Milliseconds until it is dialled in the background; 0: now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#untilMs - nowMs);
  }
}

/** Milliseconds to wait after `failures` (≥ 1) failures in a row. */
export function backoffMs(failures: number, random: number): number {
  const wait = Math.min(MAX_MS, INITIAL_MS * FACTOR ** (failures - 1));
  return wait * (1 - JITTER + 2 * JITTER * random);
}
