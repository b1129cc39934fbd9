// SPDX-License-Identifier: Apache-2.0

/**
 * What patterns of users said about texts of clients. A pattern takes 10 to 75 ns for each character, and far more where a text is new to it
 * (`PatternWork`); a client can refer to a long header value by one byte (HPACK): so a verdict is given once and remembered, and no pattern is
 * tried on a text that is longer than `MAX_PATTERN_TEXT`.
 *
 * Texts are remembered, not requests: it helps when everything else about a request is new, and where decisions cannot
 * be kept (matches on fields that differ with each request). Per verdict: two look-ups; the hash of a text that came by
 * reference is known to the engine.
 */

import { PatternMemory } from './pattern-memory.ts';
import { PatternWork } from './pattern-work.ts';

/** Longer texts match no pattern. Far above any method (1,024 in the Gateway API), and above most tokens and cookies. */
export const MAX_PATTERN_TEXT = 2_048;
/** Held at most; then all are forgotten. Clients choose the texts: 16,384 verdicts and 2 MiB of text are some 6 MiB. */
const MAX_VERDICTS = 16_384;
const MAX_CHARACTERS = 2_097_152;

/** A compiled pattern, anchored at both ends. */
export interface TextTest {
  testExact(text: string): boolean;
}

export interface VerdictOptions {
  /** Called for each text that was too long to be tried. */
  readonly onTooLong?: () => void;
  /** Called for each request that is refused for what its patterns cost. */
  readonly onSpent?: () => void;
  /** For what patterns may cost over time. Default: as much as each request may. */
  readonly nowMs?: () => number;
  /** Default: as above. For tests. */
  readonly maxVerdicts?: number;
  readonly maxCharacters?: number;
}

/** One per worker, for all its patterns. */
export class PatternVerdicts {
  /** What the patterns themselves remember. */
  readonly memory: PatternMemory = new PatternMemory();
  /** What they may still cost. */
  readonly work: PatternWork;
  readonly #onTooLong: () => void;
  readonly #maxVerdicts: number;
  readonly #maxCharacters: number;
  readonly #byText = new Map<string, Map<TextTest, boolean>>();
  #verdicts = 0;
  #characters = 0;

  constructor({
    onTooLong = () => {},
    onSpent = () => {},
    nowMs,
    maxVerdicts = MAX_VERDICTS,
    maxCharacters = MAX_CHARACTERS,
  }: VerdictOptions = {}) {
    this.#onTooLong = onTooLong;
    this.work = new PatternWork({ nowMs: nowMs ?? null, onSpent });
    this.#maxVerdicts = maxVerdicts;
    this.#maxCharacters = maxCharacters;
  }

  /** How many are held now. */
  get size(): number {
    return this.#verdicts;
  }

  /** Whether `pattern` takes `text`; false when it is too long. Throws `PatternWorkSpent`. */
  takes(pattern: TextTest, text: string): boolean {
    if (text.length > MAX_PATTERN_TEXT) {
      this.#onTooLong();
      return false;
    }
    const known = this.#byText.get(text)?.get(pattern);
    if (known !== undefined) return known;
    const verdict = pattern.testExact(text);
    this.#remember(pattern, text, verdict);
    return verdict;
  }

  #remember(pattern: TextTest, text: string, verdict: boolean): void {
    if (this.#verdicts >= this.#maxVerdicts || this.#characters + text.length > this.#maxCharacters) this.#forget();
    this.#verdicts++;
    const known = this.#byText.get(text);
    if (known !== undefined) {
      known.set(pattern, verdict);
      return;
    }
    this.#characters += text.length;
    this.#byText.set(copyOf(text), new Map([[pattern, verdict]]));
  }

  #forget(): void {
    this.#byText.clear();
    this.#verdicts = 0;
    this.#characters = 0;
  }
}

/** A part of a string keeps the whole alive, and a path may have 64 KiB: the engine cuts from a new string of this length here. */
function copyOf(text: string): string {
  return ` ${text}`.slice(1);
}
