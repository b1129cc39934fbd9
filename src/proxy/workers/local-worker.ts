// SPDX-License-Identifier: Apache-2.0

import type { BindFailures, Snapshot } from '../../snapshot/index.ts';
import type { SessionKey } from '../filters/index.ts';
import type { PortsWanted, TicketSecrets } from '../listeners/index.ts';
import type { Health } from '../upstream/index.ts';
import type { DataPlaneWorker, DrainReport } from './data-plane-worker.ts';
import type { WorkerDump } from './worker-dump.ts';
import type { WorkerRuntime } from './worker-runtime.ts';

/** A worker in the main thread (`workers: 0`): for embedding and tests. */
export class LocalWorker implements DataPlaneWorker {
  readonly isRunning = true;
  readonly #runtime: WorkerRuntime;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(runtime: WorkerRuntime) {
    this.#runtime = runtime;
  }

  async start(): Promise<void> {}

  async prepare(snapshot: Snapshot): Promise<void> {
    await this.#apply(snapshot, 'as-they-are');
  }

  apply(snapshot: Snapshot): Promise<BindFailures> {
    return this.#apply(snapshot, 'open');
  }

  #apply(snapshot: Snapshot, ports: PortsWanted): Promise<BindFailures> {
    const applied = this.#queue.then(() => this.#runtime.apply(snapshot, ports));
    this.#queue = applied.catch(() => {});
    return applied;
  }

  setSessionKeys(keys: readonly SessionKey[]): void {
    this.#runtime.setSessionKeys(keys);
  }

  setHealth(cluster: string, health: ReadonlyMap<string, Health>): void {
    // After the snapshot that brought the cluster.
    this.#queue = this.#queue.then(() => this.#runtime.setHealth(cluster, health));
  }

  setDebug(on: boolean): void {
    this.#runtime.setDebug(on);
  }

  rotateTickets(secrets: TicketSecrets): void {
    this.#runtime.rotateTickets(secrets);
  }

  announceLeaving(): void {
    this.#runtime.announceLeaving();
  }

  stopListening(): Promise<void> {
    return this.#runtime.stopListening();
  }

  drain(timeoutMs: number): Promise<DrainReport> {
    return this.#runtime.drain(timeoutMs);
  }

  async dump(): Promise<WorkerDump> {
    return this.#runtime.dump();
  }

  async close(): Promise<boolean> {
    this.#runtime.close();
    return true;
  }

  terminate(): Promise<boolean> {
    return this.close();
  }
}
