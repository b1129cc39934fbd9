// SPDX-License-Identifier: Apache-2.0

import type { WeightedBackend } from '../../snapshot/index.ts';
import { fitted, haveSameItems, share } from '../../values/index.ts';
import type { Attachment } from '../attach/choose-listeners.ts';
import type { RouteOutcome } from '../outcomes.ts';

/**
 * One copy of what thousands of routes that are translated together have alike: they lead to few Services, and attach to the same
 * listeners with the same outcome.
 */
export class RepeatedParts {
  readonly #backends = new Map<string, readonly WeightedBackend[]>();
  readonly #attachments = new Map<string, readonly Attachment[]>();
  #outcome: RouteOutcome | undefined;

  /** An equal list that was given before, or this one. Those with filters, faults or sessions are kept as they are. */
  backends(list: readonly WeightedBackend[]): readonly WeightedBackend[] {
    const key = keyOf(list);
    if (key === undefined) return fitted(list);
    const known = this.#backends.get(key);
    if (known !== undefined) return known;
    const kept = fitted(list);
    this.#backends.set(key, kept);
    return kept;
  }

  /** The last list for the same hosts, if it is equal. */
  attachments(list: readonly Attachment[]): readonly Attachment[] {
    const key = list[0]?.hostnames.join(' ') ?? '';
    const known = this.#attachments.get(key);
    if (known !== undefined && areEqual(known, list)) return known;
    this.#attachments.set(key, list);
    return list;
  }

  /** The last one, if it is equal. What is wrong with a route is never wrong with another one. */
  outcome(outcome: RouteOutcome): RouteOutcome {
    if (outcome.parents.some(({ accepted, resolvedRefs }) => accepted !== null || resolvedRefs !== null))
      return outcome;
    if (outcome.partiallyInvalid !== null) return outcome;
    this.#outcome = share(this.#outcome, outcome);
    return this.#outcome;
  }
}

function keyOf(list: readonly WeightedBackend[]): string | undefined {
  let key = '';
  for (const { weight, target, filters, session } of list) {
    if (target.kind === 'fault' || filters.length > 0 || session !== null) return undefined;
    key += `${weight} ${target.cluster}\n`;
  }
  return key;
}

function areEqual(known: readonly Attachment[], list: readonly Attachment[]): boolean {
  return (
    known.length === list.length &&
    known.every(({ listener, hostnames }, at) => {
      const other = list[at];
      return listener === other?.listener && haveSameItems(hostnames, other.hostnames);
    })
  );
}
