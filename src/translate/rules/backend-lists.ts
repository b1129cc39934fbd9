// SPDX-License-Identifier: Apache-2.0

import type { WeightedBackend } from '../../snapshot/index.ts';
import { fitted } from '../../values/index.ts';

/**
 * One copy of each list of backends for all rules that are translated together: thousands of rules lead to few Services, and
 * a list takes 230 bytes, here and in each worker.
 */
export class BackendLists {
  readonly #known = new Map<string, readonly WeightedBackend[]>();

  /** An equal list that was given before, or this one. Those with filters, faults or sessions are kept as they are. */
  keep(list: readonly WeightedBackend[]): readonly WeightedBackend[] {
    const key = keyOf(list);
    if (key === undefined) return fitted(list);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const kept = fitted(list);
    this.#known.set(key, kept);
    return kept;
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
