// SPDX-License-Identifier: Apache-2.0

import type { BackendTarget, StreamRule } from '../../snapshot/index.ts';
import type { Random } from '../../time/index.ts';
import { WeightedChoice } from '../filters/index.ts';

/** The backends of stream rules, ready to be chosen from; those of an unchanged rule are compiled once. One per worker. */
export class StreamChoices {
  readonly #known = new WeakMap<StreamRule, WeightedChoice>();

  /** Whom a new connection of the rule goes to, or why it is refused: by weight, each connection by itself. */
  pick(rule: StreamRule, random: Random): BackendTarget {
    if (rule.fault !== null) return { kind: 'fault', fault: rule.fault };
    let choice = this.#known.get(rule);
    if (choice === undefined) {
      choice = new WeightedChoice(rule.backends.map(({ weight }) => weight));
      this.#known.set(rule, choice);
    }
    return (rule.backends[choice.pick(random)] as StreamRule['backends'][number]).target;
  }
}
