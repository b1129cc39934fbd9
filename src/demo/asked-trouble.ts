// SPDX-License-Identifier: Apache-2.0

import { setTimeout as wait } from 'node:timers/promises';
import { parseDuration } from '../values/index.ts';

/** Nobody tries a longer timeout by hand. */
const MAX_DELAY_MS = 60_000;
/** Requests that are to fail first; when there are more, the oldest begin again. */
const MAX_COUNTED = 100;

/**
 * The trouble that HTTP requests ask a demo pod for, to try timeouts and retries with: `?delay=300ms` takes its time, and
 * `?fail=2` fails for the first two requests of one target, then works once.
 */
export class AskedTrouble {
  /** By target: how often it failed. */
  readonly #failed = new Map<string, number>();

  /** Resolves when it is time to answer, with the status. */
  async statusFor(target: string): Promise<number> {
    const [, query] = target.split('?', 2);
    const asked = new URLSearchParams(query);
    const delayMs = Math.min(parseDuration(asked.get('delay') ?? '') ?? 0, MAX_DELAY_MS);
    if (delayMs > 0) await wait(delayMs, undefined, { ref: false });
    return this.#mustFail(target, Number(asked.get('fail') ?? 0)) ? 503 : 200;
  }

  #mustFail(target: string, times: number): boolean {
    if (!(times > 0)) return false;
    const failed = this.#failed.get(target) ?? 0;
    this.#failed.delete(target);
    if (failed >= times) return false;
    for (const oldest of this.#failed.keys()) if (this.#failed.size >= MAX_COUNTED) this.#failed.delete(oldest);
    this.#failed.set(target, failed + 1);
    return true;
  }
}
