// SPDX-License-Identifier: Apache-2.0

import { failureSource } from '../../errors/index.ts';
import type { WorkerMetrics } from '../metrics/index.ts';

/** What is counted of the streams of one binding. */
export class StreamMetrics {
  readonly #metrics: WorkerMetrics;
  readonly #binding: string;
  readonly #failures = new Map<string, number>();
  readonly #active: number;
  readonly #begun: number;
  readonly #seconds: number;

  constructor(metrics: WorkerMetrics, binding: string) {
    this.#metrics = metrics;
    this.#binding = binding;
    this.#active = metrics.slot('daemun_streams', { binding });
    this.#begun = metrics.slot('daemun_streams_total', { binding });
    this.#seconds = metrics.slot('daemun_stream_seconds_total', { binding });
  }

  begun(): void {
    this.#add(this.#active, 1);
    this.#add(this.#begun, 1);
  }

  /** `reason` null: it ended as it should. */
  ended(durationMs: number, reason: string | null): void {
    this.#add(this.#active, -1);
    this.#add(this.#seconds, durationMs / 1_000);
    if (reason !== null) this.#failed(reason);
  }

  /** The binding is gone: its series are shown no more. */
  release(): void {
    for (const reason of this.#failures.keys())
      this.#metrics.release('daemun_stream_failures_total', this.#labels(reason));
    this.#failures.clear();
  }

  #failed(reason: string): void {
    let slot = this.#failures.get(reason);
    if (slot === undefined) {
      slot = this.#metrics.slot('daemun_stream_failures_total', this.#labels(reason));
      this.#failures.set(reason, slot);
    }
    this.#add(slot, 1);
  }

  #labels(reason: string): { binding: string; reason: string; source: string } {
    return { binding: this.#binding, reason, source: failureSource(reason) };
  }

  #add(slot: number, amount: number): void {
    const { values } = this.#metrics;
    values[slot] = (values[slot] as number) + amount;
  }
}
