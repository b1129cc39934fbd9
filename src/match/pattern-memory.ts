// SPDX-License-Identifier: Apache-2.0

/**
 * An engine of patterns writes down the states that texts led it to, up to 8 MiB for each pattern and for good: clients choose the texts, and a
 * route may have hundreds of patterns. Here they are counted for all of them together. Per test of a text: a look-up.
 */

/** Of all patterns of a worker, by the engine's own count; over it those that hold the most begin anew, until half is left. What usual texts lead to is a few KiB for each pattern. */
const MAX_STATE_BYTES = 16_777_216;

/** What an engine has written down of one pattern. */
export interface PatternStates {
  /** Bytes that it may still write. */
  readonly memBudget: number;
  /** Bytes that it may write in all. */
  readonly maxMem: number;
  clearCache(): void;
}

/** What a pattern holds; `states` is undefined: it is gone. */
interface Holding {
  readonly pattern: WeakRef<PatternStates>;
  readonly states: PatternStates | undefined;
  readonly bytes: number;
}

/** One per worker. Keeps no pattern alive: what was written down of one that is gone counts as if it were there. */
export class PatternMemory {
  readonly #maxBytes: number;
  readonly #byPattern = new WeakMap<PatternStates, number>();
  #patterns: WeakRef<PatternStates>[] = [];
  #bytes = 0;

  /** `maxBytes`: another than the default is for tests. */
  constructor(maxBytes: number = MAX_STATE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** What all patterns hold now, in bytes. */
  get size(): number {
    return this.#bytes;
  }

  /** To be called when a text was tried. */
  note(states: PatternStates): void {
    const bytes = states.maxMem - states.memBudget;
    const before = this.#byPattern.get(states);
    if (bytes === (before ?? 0)) return;
    if (before === undefined) this.#patterns.push(new WeakRef(states));
    this.#byPattern.set(states, bytes);
    this.#bytes += bytes - (before ?? 0);
    if (this.#bytes > this.#maxBytes) this.#forget();
  }

  /** Who is led to many states by an attacker pays for them: the others stay as quick as they are. */
  #forget(): void {
    const held = this.#patterns.map(pattern => this.#holdingOf(pattern)).sort((a, b) => a.bytes - b.bytes);
    this.#bytes = 0;
    this.#patterns = [];
    for (const { pattern, states, bytes } of held) {
      if (states === undefined) continue;
      if (this.#bytes + bytes <= this.#maxBytes / 2) {
        this.#bytes += bytes;
        this.#patterns.push(pattern);
      } else {
        states.clearCache();
        this.#byPattern.delete(states);
      }
    }
  }

  #holdingOf(pattern: WeakRef<PatternStates>): Holding {
    const states = pattern.deref();
    return { pattern, states, bytes: states === undefined ? 0 : (this.#byPattern.get(states) ?? 0) };
  }
}
