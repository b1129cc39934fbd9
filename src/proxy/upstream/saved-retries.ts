// SPDX-License-Identifier: Apache-2.0

import type { RetryBudget } from './retry-budget.ts';

/** Of a cluster's requests that may be tried again; as Envoy, Linkerd and the Gateway API's retry budget have it. */
const RETRIES_PER_REQUEST = 0.2;
/** Beside that, so that a cluster with little traffic has any. */
const MIN_RETRIES_PER_SECOND = 10;
/** What is not used is kept up to this: ten seconds of the least. */
const MAX_SAVED_RETRIES = 100;

/**
 * What one worker may spend on trying requests of a cluster again. When the cluster is down it meets a fifth more requests and not
 * one more for each attempt that a rule allows.
 */
export class SavedRetries implements RetryBudget {
  readonly isStrict = false;
  #retries = MAX_SAVED_RETRIES;
  #atMs = 0;

  deposit(): void {
    this.#retries = Math.min(MAX_SAVED_RETRIES, this.#retries + RETRIES_PER_REQUEST);
  }

  withdraw(nowMs: number): boolean {
    const earned = ((nowMs - this.#atMs) / 1000) * MIN_RETRIES_PER_SECOND;
    this.#retries = Math.min(MAX_SAVED_RETRIES, this.#retries + earned);
    this.#atMs = nowMs;
    if (this.#retries < 1) return false;
    this.#retries -= 1;
    return true;
  }
}
