// SPDX-License-Identifier: Apache-2.0

import type { FailureSource } from '../../errors/index.ts';
import { grpcStatusName } from '../../wire/index.ts';
import { knownStatus } from './http-request-metrics.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

const UNBOUND = -1;
const CODES = 17;
const UNKNOWN = 2;
/** Slot 0 of a page is shown to nobody. */
const NOWHERE = 0;

/** Of which rule series are. All '': of requests that no rule took. */
export interface RuleLabels {
  /** Such as `GRPCRoute`: a route of another kind may have the same name. */
  readonly kind: string;
  /** `namespace/name`. */
  readonly route: string;
  /** Its name, else its index. */
  readonly rule: string;
}

/** Requests that one rule took, by status, and those that failed, by reason. Slots are bound at the first of each. */
export class RuleMetrics {
  readonly #metrics: WorkerMetrics;
  readonly #labels: RuleLabels;
  readonly #slots = new Int32Array(CODES).fill(UNBOUND);
  /** Of plain HTTP, by status. */
  readonly #httpSlots = new Map<number, number>();
  readonly #failures = new Map<string, { readonly slot: number; readonly source: FailureSource }>();
  /** Its series are shown no more. */
  isGone = false;

  constructor(metrics: WorkerMetrics, labels: RuleLabels) {
    this.#metrics = metrics;
    this.#labels = labels;
  }

  /** A gRPC call. `code`: null when nothing is known. */
  callFinished(code: number | null): void {
    const known = code !== null && code >= 0 && code < CODES ? code : UNKNOWN;
    let slot = this.#slots[known] as number;
    if (slot === UNBOUND) {
      slot = this.#metrics.slot('daemun_route_requests_total', { ...this.#labels, code: grpcStatusName(known) });
      this.#slots[known] = slot;
    }
    const values = this.#metrics.values;
    values[slot] = (values[slot] as number) + 1;
  }

  /** A request of plain HTTP. `status`: 0 when the response had not begun. */
  requestFinished(status: number): void {
    if (this.isGone) return;
    const known = knownStatus(status);
    let slot = this.#httpSlots.get(known);
    if (slot === undefined) {
      slot = this.#metrics.slot('daemun_route_requests_total', { ...this.#labels, code: String(known) });
      this.#httpSlots.set(known, slot);
    }
    const { values } = this.#metrics;
    values[slot] = (values[slot] as number) + 1;
  }

  /** No endpoint answered to the end. */
  failed(reason: string, source: FailureSource): void {
    if (this.isGone) return;
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
    this.isGone = true;
    for (const [code, slot] of this.#slots.entries()) {
      if (slot > NOWHERE) {
        this.#metrics.release('daemun_route_requests_total', { ...this.#labels, code: grpcStatusName(code) });
      }
      this.#slots[code] = NOWHERE;
    }
    for (const status of this.#httpSlots.keys()) {
      this.#metrics.release('daemun_route_requests_total', { ...this.#labels, code: String(status) });
    }
    for (const [reason, { source }] of this.#failures) {
      this.#metrics.release('daemun_request_failures_total', { ...this.#labels, reason, source });
    }
  }
}
