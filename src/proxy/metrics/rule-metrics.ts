// SPDX-License-Identifier: Apache-2.0

import type { FailureSource } from '../../errors/index.ts';
import { grpcStatusName } from '../../wire/index.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

const UNBOUND = -1;
const CODES = 17;
const UNKNOWN = 2;
/** Slot 0 of a page is shown to nobody. */
const NOWHERE = 0;

/** Requests that one rule took, by gRPC code, and those that failed, by reason. Slots are bound at the first of each. */
export class RuleMetrics {
  readonly #metrics: WorkerMetrics;
  readonly #labels: { readonly route: string; readonly rule: string };
  readonly #slots = new Int32Array(CODES).fill(UNBOUND);
  readonly #failures = new Map<string, { readonly slot: number; readonly source: FailureSource }>();
  #isGone = false;

  /** `route`: `namespace/name`; `rule`: its name, else its index. Both '': requests that no rule took. */
  constructor(metrics: WorkerMetrics, route: string, rule: string) {
    this.#metrics = metrics;
    this.#labels = { route, rule };
  }

  /** `code`: null when nothing is known. */
  finished(code: number | null): void {
    const known = code !== null && code >= 0 && code < CODES ? code : UNKNOWN;
    let slot = this.#slots[known] as number;
    if (slot === UNBOUND) {
      slot = this.#metrics.slot('daemun_route_requests_total', { ...this.#labels, code: grpcStatusName(known) });
      this.#slots[known] = slot;
    }
    const values = this.#metrics.values;
    values[slot] = (values[slot] as number) + 1;
  }

  /** No endpoint answered to the end. */
  failed(reason: string, source: FailureSource): void {
    if (this.#isGone) return;
    let failure = this.#failures.get(reason);
    if (failure === undefined) {
      const slot = this.#metrics.slot('daemun_request_failures_total', { ...this.#labels, reason, source });
      failure = { slot, source };
      this.#failures.set(reason, failure);
    }
    const { values } = this.#metrics;
    values[failure.slot] = (values[failure.slot] as number) + 1;
  }

  /** The rule is gone: its series are shown no more. Requests that it took may still end. */
  release(): void {
    this.#isGone = true;
    for (const [code, slot] of this.#slots.entries()) {
      if (slot > NOWHERE) {
        this.#metrics.release('daemun_route_requests_total', { ...this.#labels, code: grpcStatusName(code) });
      }
      this.#slots[code] = NOWHERE;
    }
    for (const [reason, { source }] of this.#failures) {
      this.#metrics.release('daemun_request_failures_total', { ...this.#labels, reason, source });
    }
  }
}
