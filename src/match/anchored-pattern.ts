// SPDX-License-Identifier: Apache-2.0

import { RE2JS } from 're2js';
import type { PatternMemory } from './pattern-memory.ts';
import type { PatternVerdicts, TextTest } from './pattern-verdicts.ts';

/** Tells whether a whole text matches an RE2 pattern, in time linear in the text; texts over `MAX_PATTERN_TEXT` match none. */
export interface AnchoredPattern {
  takes(text: string): boolean;
}

/** Takes no text: what a pattern that RE2 refuses compiles to. Translation reports it; here it only must not match. */
const NEVER: AnchoredPattern = { takes: () => false };

/** Compiles a pattern of a user. Never throws. Costs about 100 µs: callers keep the result. */
export function compilePattern(source: string, verdicts: PatternVerdicts): AnchoredPattern {
  try {
    const compiled = new CountedPattern(RE2JS.compile(source), verdicts.memory);
    return { takes: text => verdicts.takes(compiled, text) };
  } catch {
    return NEVER;
  }
}

/** A pattern whose states are counted. */
class CountedPattern implements TextTest {
  readonly #compiled: RE2JS;
  readonly #memory: PatternMemory;

  constructor(compiled: RE2JS, memory: PatternMemory) {
    this.#compiled = compiled;
    this.#memory = memory;
  }

  testExact(text: string): boolean {
    const verdict = this.#compiled.testExact(text);
    // Simple patterns need no states, and have none.
    const { lazyDFA } = this.#compiled.re2();
    if (lazyDFA !== null) this.#memory.note(lazyDFA);
    return verdict;
  }
}
