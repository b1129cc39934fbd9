// SPDX-License-Identifier: Apache-2.0

import type { BalancerPolicy, Cluster } from '../../snapshot/index.ts';

/** What a hash balancer keys on; null for balancers that need no hash. */
export type HashKey = Extract<BalancerPolicy, { readonly key: unknown }>['key'] | null;

export function hashKeyOf({ balancer }: Pick<Cluster, 'balancer'>): HashKey {
  return 'key' in balancer ? balancer.key : null;
}
