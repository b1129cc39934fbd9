// SPDX-License-Identifier: Apache-2.0

import { RE2JS } from 're2js';
import { countWork } from './counted-engine.ts';
import type { PatternStates } from './pattern-memory.ts';
import type { PatternVerdicts, TextTest } from './pattern-verdicts.ts';

/**
 * Tells whether a whole text matches an RE2 pattern, in time linear in the text; texts over `MAX_PATTERN_TEXT` match none. Throws
 * `PatternWorkSpent` where that takes more than the request has left.
 */
export interface AnchoredPattern {
  takes(text: string): boolean;
}

/** Takes no text: what a pattern that RE2 refuses compiles to. Translation reports it; here it only must not match. */
const NEVER: AnchoredPattern = { takes: () => false };

/** Compiles a pattern of a user. Never throws. Costs about 100 µs: callers keep the result. */
export function compilePattern(source: string, verdicts: PatternVerdicts): AnchoredPattern {
  try {
    const compiled = new CountedPattern(RE2JS.compile(source), verdicts);
    return { takes: text => verdicts.takes(compiled, text) };
  } catch {
    return NEVER;
  }
}

/** A pattern whose states are counted, and the work that it takes to find them. */
class CountedPattern implements TextTest {
  readonly #compiled: RE2JS;
  readonly #verdicts: Pick<PatternVerdicts, 'memory' | 'work'>;
  /** null: no text was tried, or it is a simple pattern, which needs no states. */
  #states: PatternStates | null = null;

  constructor(compiled: RE2JS, verdicts: Pick<PatternVerdicts, 'memory' | 'work'>) {
    this.#compiled = compiled;
    this.#verdicts = verdicts;
  }

  testExact(text: string): boolean {
    this.#states ??= this.#makeStates();
    if (this.#states === null) return this.#compiled.testExact(text);
    try {
      return this.#compiled.testExact(text);
    } finally {
      this.#verdicts.memory.note(this.#states);
    }
  }

  #makeStates(): PatternStates | null {
    const re2 = this.#compiled.re2();
    if (re2.prefixComplete || re2.onepass !== null) return null;
    countWork(re2.dfa, this.#verdicts.work);
    return re2.dfa;
  }
}
