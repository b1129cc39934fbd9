// SPDX-License-Identifier: Apache-2.0
import { type Profiler, Session } from 'node:inspector';

const SOURCES = new URL('../../src/', import.meta.url).href;

/** Which blocks of `src/` have run, from V8's own block coverage. Asking costs about half a millisecond. */
export class Coverage {
  readonly #session = new Session();
  readonly #seen = new Set<string>();

  constructor() {
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** How many blocks have run so far. */
  get blocks(): number {
    return this.#seen.size;
  }

  /** Whether blocks ran, since the last call, that had never run before (or, roughly, never so often). */
  hasGrown(): boolean {
    const before = this.#seen.size;
    const { result } = this.#post('Profiler.takePreciseCoverage') as Profiler.TakePreciseCoverageReturnType;
    for (const { scriptId, url, functions } of result) {
      if (!url.startsWith(SOURCES)) continue;
      for (const { ranges } of functions) {
        for (const { startOffset, endOffset, count } of ranges) {
          if (count > 0) this.#seen.add(`${scriptId}:${startOffset}:${endOffset}:${magnitude(count)}`);
        }
      }
    }
    return this.#seen.size > before;
  }

  close(): void {
    this.#session.disconnect();
  }

  #post(method: string, params: object = {}): unknown {
    let result: unknown;
    this.#session.post(method, params, (error, answer) => {
      if (error !== null) throw error;
      result = answer;
    });
    return result;
  }
}

/** 1, 2–3, 4–15, 16–127, more: a loop that goes round much more often is news too. */
function magnitude(count: number): number {
  if (count < 4) return count < 2 ? 1 : 2;
  if (count < 16) return 3;
  return count < 128 ? 4 : 5;
}
