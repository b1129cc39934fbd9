// SPDX-License-Identifier: Apache-2.0

import type { RateLimitedLog } from '../log/index.ts';
import type { ReachChange } from '../upstream/index.ts';

/**
 * Tells once that an endpoint cannot be reached, and once that it can again, whatever number of workers try it: each
 * worker reports its own changes, the first that loses it and the last that has it back make a line.
 */
export class ReachLog {
  readonly #log: RateLimitedLog;
  /** Workers that cannot reach it, by cluster and endpoint. Bounded by the endpoints there are. */
  readonly #lost = new Map<string, Set<number>>();

  constructor(log: RateLimitedLog) {
    this.#log = log;
  }

  changed(worker: number, change: ReachChange): void {
    const { cluster, endpoint, name } = change;
    const key = `${cluster} ${endpoint}`;
    const lost = this.#lost.get(key) ?? new Set<number>();
    const wasLost = lost.size > 0;
    if (change.kind === 'unreachable') {
      this.#lost.set(key, lost.add(worker));
      if (!wasLost) {
        const fields = { cluster, endpoint, name, reason: change.reason };
        this.#log.warn(`connect ${cluster}`, 'endpoint cannot be reached', fields);
      }
      return;
    }
    lost.delete(worker);
    if (lost.size > 0) return;
    this.#lost.delete(key);
    if (wasLost && change.kind === 'reachable') {
      this.#log.info(`connect ${cluster}`, 'endpoint can be reached again', { cluster, endpoint, name });
    }
  }

  /** The worker is gone, and what it knew. */
  forget(worker: number): void {
    for (const [key, lost] of this.#lost) if (lost.delete(worker) && lost.size === 0) this.#lost.delete(key);
  }
}
