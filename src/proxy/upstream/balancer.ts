// SPDX-License-Identifier: Apache-2.0

import type { BalancerPolicy } from '../../snapshot/index.ts';
import type { Random } from '../../time/index.ts';
import { leastRequestPicker } from './least-request.ts';
import { maglevPicker } from './maglev.ts';
import type { Choice, Picker } from './picker.ts';
import { randomPicker } from './random.ts';
import { ringHashPicker } from './ring-hash.ts';
import { roundRobinPicker } from './round-robin.ts';

/** The picker of a policy over `endpoints`, which are in the order of the snapshot: every worker builds the same. */
export function compilePicker<E extends Choice>(
  policy: BalancerPolicy,
  endpoints: readonly E[],
  random: Random,
): Picker<E> {
  if (endpoints.length === 0) return { pick: () => undefined };
  switch (policy.kind) {
    case 'round-robin':
      return roundRobinPicker(endpoints, random);
    case 'least-request':
      return leastRequestPicker(endpoints, random);
    case 'random':
      return randomPicker(endpoints, random);
    case 'ring-hash':
      return ringHashPicker(endpoints);
    case 'maglev':
      return maglevPicker(endpoints);
  }
}
