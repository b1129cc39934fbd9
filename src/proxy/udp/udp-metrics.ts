// SPDX-License-Identifier: Apache-2.0

import type { WorkerMetrics } from '../metrics/index.ts';

/** What is counted of the datagrams of one binding. Slots are bound once, those of reasons at the first drop. */
export class UdpMetrics {
  readonly #metrics: WorkerMetrics;
  readonly #binding: string;
  readonly #slots: {
    readonly sessions: number;
    readonly begun: number;
    readonly received: number;
    readonly sent: number;
    readonly receivedBytes: number;
    readonly sentBytes: number;
  };
  readonly #drops = new Map<string, number>();

  constructor(metrics: WorkerMetrics, binding: string) {
    this.#metrics = metrics;
    this.#binding = binding;
    const labels = { binding };
    this.#slots = {
      sessions: metrics.slot('daemun_udp_sessions', labels),
      begun: metrics.slot('daemun_udp_sessions_total', labels),
      received: metrics.slot('daemun_udp_received_datagrams_total', labels),
      sent: metrics.slot('daemun_udp_sent_datagrams_total', labels),
      receivedBytes: metrics.slot('daemun_downstream_received_bytes_total', labels),
      sentBytes: metrics.slot('daemun_downstream_sent_bytes_total', labels),
    };
  }

  /** From a client. */
  received(bytes: number): void {
    this.#add(this.#slots.received, 1);
    this.#add(this.#slots.receivedBytes, bytes);
  }

  /** To a client. */
  sent(bytes: number): void {
    this.#add(this.#slots.sent, 1);
    this.#add(this.#slots.sentBytes, bytes);
  }

  dropped(reason: string): void {
    let slot = this.#drops.get(reason);
    if (slot === undefined) {
      slot = this.#metrics.slot('daemun_udp_dropped_datagrams_total', { binding: this.#binding, reason });
      this.#drops.set(reason, slot);
    }
    this.#add(slot, 1);
  }

  sessionBegun(): void {
    this.#add(this.#slots.sessions, 1);
    this.#add(this.#slots.begun, 1);
  }

  sessionEnded(): void {
    this.#add(this.#slots.sessions, -1);
  }

  /** The binding is gone: its series are shown no more. */
  release(): void {
    const binding = this.#binding;
    this.#metrics.releaseAbout('binding', binding);
    for (const reason of this.#drops.keys())
      this.#metrics.release('daemun_udp_dropped_datagrams_total', { binding, reason });
    this.#drops.clear();
  }

  #add(slot: number, amount: number): void {
    const { values } = this.#metrics;
    values[slot] = (values[slot] as number) + amount;
  }
}
