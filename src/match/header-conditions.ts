// SPDX-License-Identifier: Apache-2.0

import type { HeaderMatch } from '../snapshot/index.ts';
import { type AnchoredPattern, compilePattern } from './anchored-pattern.ts';
import type { PatternVerdicts } from './pattern-verdicts.ts';
import type { RequestView } from './request-view.ts';

/** The header matches of one entry, compiled. All must hold; a header that is absent matches nothing. */
export class HeaderConditions {
  readonly #matches: readonly HeaderMatch[];
  readonly #patterns: Patterns;

  constructor(matches: readonly HeaderMatch[], verdicts: PatternVerdicts) {
    this.#matches = matches;
    this.#patterns = compilePatterns(matches, verdicts);
  }

  hold(request: RequestView): boolean {
    return this.firstUnmet(request) === undefined;
  }

  /** The first match that does not hold, in the order written. */
  firstUnmet(request: RequestView): HeaderMatch | undefined {
    for (let at = 0; at < this.#matches.length; at++) {
      const match = this.#matches[at] as HeaderMatch;
      const value = request.header(match.name);
      if (value === undefined) return match;
      const pattern = this.#patterns === null ? null : (this.#patterns[at] ?? null);
      if (pattern === null ? value !== match.value : !pattern.takes(value)) return match;
    }
    return undefined;
  }
}

/** Same index as the matches; null for exact ones. null: all are, as of most among thousands. */
export type Patterns = readonly (AnchoredPattern | null)[] | null;

export function compilePatterns(matches: readonly HeaderMatch[], verdicts: PatternVerdicts): Patterns {
  if (matches.every(({ kind }) => kind === 'exact')) return null;
  return matches.map(({ kind, value }) => (kind === 'regex' ? compilePattern(value, verdicts) : null));
}
