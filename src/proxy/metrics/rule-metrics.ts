// SPDX-License-Identifier: Apache-2.0

import { grpcStatusName } from '../../wire/index.ts';
import type { Labels, WorkerMetrics } from './worker-metrics.ts';

const UNBOUND = -1;

/** Requests that one rule took, by gRPC code. Slots are bound at the first request of each code. */
export class RuleMetrics {
  readonly #metrics: WorkerMetrics;
  readonly #labels: Labels;
  readonly #slots = new Int32Array(17).fill(UNBOUND);

  /** `route`: `namespace/name`; `rule`: its name, else its index. */
  constructor(metrics: WorkerMetrics, route: string, rule: string) {
    this.#metrics = metrics;
    this.#labels = { route, rule };
  }

  finished(code: number): void {
    const known = code >= 0 && code <= 16 ? code : 2;
    let slot = this.#slots[known] as number;
    if (slot === UNBOUND) {
      slot = this.#metrics.slot('daemun_route_requests_total', { ...this.#labels, code: grpcStatusName(known) });
      this.#slots[known] = slot;
    }
    const values = this.#metrics.values;
    values[slot] = (values[slot] as number) + 1;
  }
}
