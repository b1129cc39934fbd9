// SPDX-License-Identifier: Apache-2.0

import type { Frontend } from '../../snapshot/index.ts';
import type { WorkerMetrics } from '../metrics/index.ts';

/** What is counted of the clients of one frontend, by their namespaces. */
export class FrontendMetrics {
  readonly #metrics: WorkerMetrics;
  readonly #labels: { readonly binding: string; readonly frontend: string };
  readonly #requests = new Map<string, number>();
  readonly #streams = new Map<string, number>();

  constructor(metrics: WorkerMetrics, binding: string, { namespace, name, port }: Frontend) {
    this.#metrics = metrics;
    this.#labels = { binding, frontend: `${namespace}/${name}:${port}` };
  }

  /** `clients`: a namespace, as everywhere here. */
  request(clients: string): void {
    this.#count(this.#requests, 'daemun_frontend_requests_total', clients);
  }

  stream(clients: string): void {
    this.#count(this.#streams, 'daemun_frontend_streams_total', clients);
  }

  /** The binding is gone: its series are shown no more. */
  release(): void {
    for (const clients of this.#requests.keys())
      this.#metrics.release('daemun_frontend_requests_total', { ...this.#labels, client_namespace: clients });
    for (const clients of this.#streams.keys())
      this.#metrics.release('daemun_frontend_streams_total', { ...this.#labels, client_namespace: clients });
    this.#requests.clear();
    this.#streams.clear();
  }

  #count(
    slots: Map<string, number>,
    name: 'daemun_frontend_requests_total' | 'daemun_frontend_streams_total',
    clients: string,
  ): void {
    let slot = slots.get(clients);
    if (slot === undefined) {
      slot = this.#metrics.slot(name, { ...this.#labels, client_namespace: clients });
      slots.set(clients, slot);
    }
    this.#metrics.values[slot] = (this.#metrics.values[slot] as number) + 1;
  }
}
