// SPDX-License-Identifier: Apache-2.0

import type { HeaderMatch } from '../snapshot/index.ts';
import { type AnchoredPattern, compilePattern } from './anchored-pattern.ts';
import type { PatternVerdicts } from './pattern-verdicts.ts';
import type { RequestView } from './request-view.ts';

/** The header matches of one entry, compiled. All must hold; a header that is absent matches nothing. */
export class HeaderConditions {
  readonly #matches: readonly HeaderMatch[];
  /** Same index as the matches; undefined for exact ones. */
  readonly #patterns: readonly (AnchoredPattern | undefined)[];

  constructor(matches: readonly HeaderMatch[], verdicts: PatternVerdicts) {
    this.#matches = matches;
    this.#patterns = matches.map(match => (match.kind === 'regex' ? compilePattern(match.value, verdicts) : undefined));
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
      const pattern = this.#patterns[at];
      if (pattern === undefined ? value !== match.value : !pattern.takes(value)) return match;
    }
    return undefined;
  }
}
