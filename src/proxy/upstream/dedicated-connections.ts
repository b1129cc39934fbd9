// SPDX-License-Identifier: Apache-2.0

import type { ConnectionOwner, UpstreamConnection } from './upstream-connection.ts';

/**
 * Connections to one endpoint that carry one upgraded stream each, and nothing else: no lane counts them or looks through them for
 * room. They end with their stream. What bounds them is the worker's cap of connections.
 */
export class DedicatedConnections implements ConnectionOwner {
  readonly #connections = new Set<UpstreamConnection>();
  readonly #onChanged: () => void;

  /** `onChanged`: one came or went. */
  constructor(onChanged: () => void) {
    this.#onChanged = onChanged;
  }

  get size(): number {
    return this.#connections.size;
  }

  take(connection: UpstreamConnection): void {
    connection.handOver(this);
    this.#connections.add(connection);
    this.#onChanged();
  }

  /** About once a second. */
  sweep(nowMs: number): void {
    for (const connection of this.#connections) connection.sweep(nowMs);
  }

  /** Ends every connection at once. */
  destroy(): void {
    for (const connection of [...this.#connections]) connection.destroy();
  }

  onClosed(connection: UpstreamConnection): void {
    this.#connections.delete(connection);
    this.#onChanged();
  }

  onConnected(): void {}
  onStalled(): void {}
  onCapacity(): void {}
  onLeftOut(): void {}
  onCrowded(): void {}
  onDraining(): void {}
  onDedicated(): void {}
}
