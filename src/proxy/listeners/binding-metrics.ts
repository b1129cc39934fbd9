// SPDX-License-Identifier: Apache-2.0

import type { Binding } from '../../snapshot/index.ts';
import type { TrafficCounters } from '../io/index.ts';
import { StreamMetrics } from '../l4/index.ts';
import type { WorkerMetrics } from '../metrics/index.ts';
import { FrontendMetrics } from './frontend-metrics.ts';

/** What is counted about one binding, until it is gone. Each count is one addition: nothing is looked up. */
export class BindingMetrics {
  readonly streams: StreamMetrics;
  readonly traffic: TrafficCounters;
  readonly #metrics: WorkerMetrics;
  readonly #id: string;
  /** null: the binding is of Gateways. */
  readonly #frontend: FrontendMetrics | null;
  readonly #slots: { readonly connections: number; readonly accepted: number; readonly active: number };

  constructor(metrics: WorkerMetrics, { id, frontend }: Binding) {
    const labels = { binding: id };
    this.#metrics = metrics;
    this.#id = id;
    this.streams = new StreamMetrics(metrics, id);
    this.#frontend = frontend === null ? null : new FrontendMetrics(metrics, id, frontend);
    this.#slots = {
      connections: metrics.slot('daemun_downstream_connections', labels),
      accepted: metrics.slot('daemun_downstream_connections_total', labels),
      active: metrics.slot('daemun_downstream_requests_active', labels),
    };
    this.traffic = {
      values: metrics.values,
      read: metrics.slot('daemun_downstream_received_bytes_total', labels),
      written: metrics.slot('daemun_downstream_sent_bytes_total', labels),
    };
  }

  /** The kernel handed a connection over; it may be turned away. */
  accepted(): void {
    this.#add(this.#slots.accepted, 1);
  }

  connectionBegun(): void {
    this.#add(this.#slots.connections, 1);
  }

  connectionEnded(): void {
    this.#add(this.#slots.connections, -1);
  }

  /** `clientNamespace`: of a client of a frontend; null: of a Gateway. */
  requestBegun(clientNamespace: string | null): void {
    if (clientNamespace !== null) this.#frontend?.request(clientNamespace);
    this.#add(this.#slots.active, 1);
  }

  requestEnded(): void {
    this.#add(this.#slots.active, -1);
  }

  /** `clientNamespace`: as of requests. */
  streamBegun(clientNamespace: string | null): void {
    if (clientNamespace !== null) this.#frontend?.stream(clientNamespace);
  }

  /** The binding is gone, and so is what is counted for it. */
  release(): void {
    this.streams.release();
    this.#frontend?.release();
    this.#metrics.releaseAbout('binding', this.#id);
  }

  #add(slot: number, amount: number): void {
    const { values } = this.#metrics;
    values[slot] = (values[slot] as number) + amount;
  }
}
