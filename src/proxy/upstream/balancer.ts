// SPDX-License-Identifier: Apache-2.0

import type { BalancerPolicy } from '../../snapshot/index.ts';
import { leastRequestPicker } from './least-request.ts';
import { maglevPicker } from './maglev.ts';
import { randomPicker } from './random.ts';
import { ringHashPicker } from './ring-hash.ts';
import { roundRobinPicker } from './round-robin.ts';

/** What a balancer needs to know of an endpoint. */
export interface Choice {
  readonly key: string;
  readonly activeRequests: number;
}

/** Picks per stream, in O(1) or O(log n), allocating nothing. Compiled anew whenever the set of usable endpoints changes. */
export interface Picker<E extends Choice> {
  /** `hash` is read by hash balancers only. */
  pick(hash: number): E | undefined;
}

/** The picker of a policy over `endpoints`, which are in the order of the snapshot: every worker builds the same. */
export function compilePicker<E extends Choice>(policy: BalancerPolicy, endpoints: readonly E[]): Picker<E> {
  if (endpoints.length === 0) return { pick: () => undefined };
  switch (policy.kind) {
    case 'round-robin':
      return roundRobinPicker(endpoints);
    case 'least-request':
      return leastRequestPicker(endpoints);
    case 'random':
      return randomPicker(endpoints);
    case 'ring-hash':
      return ringHashPicker(endpoints);
    case 'maglev':
      return maglevPicker(endpoints);
  }
}
