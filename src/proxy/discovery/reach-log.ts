// SPDX-License-Identifier: Apache-2.0

import type { RateLimitedLog } from '../log/index.ts';
import type { ReachChange } from '../upstream/index.ts';

/** An endpoint of one cluster that cannot be reached. */
interface Loss {
  /** The endpoint and why. */
  readonly cause: string;
  /** That cannot reach it. */
  readonly workers: Set<number>;
}

/**
 * Tells once that an endpoint cannot be reached, and once that it can again, whatever number of workers try it and of clusters have it: each
 * worker reports its own changes in each cluster, the first that loses it for a reason and the last that has it back make a line.
 */
export class ReachLog {
  readonly #log: RateLimitedLog;
  /** By cluster and endpoint. Bounded by the endpoints there are. */
  readonly #losses = new Map<string, Loss>();
  /** How many losses have a cause. */
  readonly #causes = new Map<string, number>();

  constructor(log: RateLimitedLog) {
    this.#log = log;
  }

  changed(worker: number, change: ReachChange): void {
    const { cluster, endpoint, name } = change;
    const key = `${cluster} ${endpoint}`;
    const known = this.#losses.get(key);
    if (change.kind === 'unreachable') {
      const cause = `${endpoint} ${change.reason}`;
      if (known !== undefined) known.workers.add(worker);
      else if (this.#lose(key, { cause, workers: new Set([worker]) }))
        this.#log.warn(`connect ${cluster}`, 'endpoint cannot be reached', {
          ...{ cluster, endpoint, name },
          reason: change.reason,
        });
    } else if (known !== undefined && this.#find(worker, key, known) && change.kind === 'reachable') {
      this.#log.info(`connect ${cluster}`, 'endpoint can be reached again', { cluster, endpoint, name });
    }
  }

  /** The worker is gone, and what it knew. */
  forget(worker: number): void {
    for (const [key, loss] of this.#losses) this.#find(worker, key, loss);
  }

  /** Whether it is the first for its cause. */
  #lose(key: string, loss: Loss): boolean {
    const others = this.#causes.get(loss.cause) ?? 0;
    this.#losses.set(key, loss);
    this.#causes.set(loss.cause, others + 1);
    return others === 0;
  }

  /** Whether the worker was the last for which the cause held. */
  #find(worker: number, key: string, { cause, workers }: Loss): boolean {
    if (!workers.delete(worker) || workers.size > 0) return false;
    this.#losses.delete(key);
    const others = (this.#causes.get(cause) ?? 1) - 1;
    if (others > 0) this.#causes.set(cause, others);
    else this.#causes.delete(cause);
    return others === 0;
  }
}
