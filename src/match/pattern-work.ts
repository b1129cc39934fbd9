// SPDX-License-Identifier: Apache-2.0

/**
 * What patterns of users may cost a request. A pattern goes from state to state, and each step that was taken before costs some 10 ns, whatever
 * the pattern. One that was not must be worked out, over all the places in the pattern where the text so far may have led: clients choose the
 * texts, so they choose how many such steps there are. These are counted here, in units of 20 to 70 ns.
 *
 *     a request ── its own FREE_WORK ──► slices of what the worker has, MAX_REQUEST_WORK at most ──► refused
 *                                              ▲ WORK_PER_SECOND
 *
 * A request that is refused leaves its steps behind: the next one like it begins where this one ended, so what is honest gets through. Per
 * request: two numbers are set; nothing else, where every step is known.
 */

/** Of one request: some 40 ms, in which a worker does nothing else. Ten texts of 2,000 characters cost a pattern that looks for 200 words a twentieth, once. */
const MAX_REQUEST_WORK = 750_000;
/** What all requests of a worker may take together: a fifth of its time. What one of them may is put by when nothing asks for it. */
const WORK_PER_SECOND = 3_000_000;
/** What a request may take though others have left nothing: some 0.1 ms. */
const FREE_WORK = 2_000;
/** What is taken of the worker's share at once. */
const SLICE = 5_000;

/** Says that a request is refused, as its patterns came to no end: it is not known which rule takes it. */
export const TOO_MUCH_WORK: unique symbol = Symbol('too much work');

/** Thrown out of the engine of patterns, which must not say that a pattern does not match. */
export class PatternWorkSpent extends Error {}

export interface PatternWorkOptions {
  /** Monotonic. null: there is no bound over time, as of questions that are asked one at a time. */
  readonly nowMs: (() => number) | null;
  /** Called for each request that is refused. */
  readonly onSpent: () => void;
}

/** One per worker: what its requests may still take. */
export class PatternWork {
  readonly #nowMs: (() => number) | null;
  readonly #onSpent: () => void;
  /** Of what the request has by now; below 0: it is refused. */
  #left = FREE_WORK;
  /** By the request, of `#level`. */
  #borrowed = 0;
  #level = MAX_REQUEST_WORK;
  #filledMs = Number.NEGATIVE_INFINITY;

  constructor({ nowMs, onSpent }: PatternWorkOptions) {
    this.#nowMs = nowMs;
    this.#onSpent = onSpent;
  }

  /** To be called for each request, before a pattern is tried. */
  begin(): void {
    this.#left = FREE_WORK;
    this.#borrowed = 0;
  }

  /** Throws `PatternWorkSpent` where the request has not so much left, and from then on. */
  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) this.#borrow();
  }

  #borrow(): void {
    const units = Math.max(SLICE, -this.#left);
    if (this.#borrowed + units > MAX_REQUEST_WORK || !this.#take(units)) {
      this.#onSpent();
      throw new PatternWorkSpent();
    }
    this.#borrowed += units;
    this.#left += units;
  }

  #take(units: number): boolean {
    if (this.#nowMs === null) return true;
    const now = this.#nowMs();
    this.#level = Math.min(MAX_REQUEST_WORK, this.#level + ((now - this.#filledMs) / 1_000) * WORK_PER_SECOND);
    this.#filledMs = now;
    if (this.#level < units) return false;
    this.#level -= units;
    return true;
  }
}
