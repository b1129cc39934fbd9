// SPDX-License-Identifier: Apache-2.0

import type { BackendTlsPolicies } from '../policies/backend-tls-policies.ts';
import type { TrafficPolicies } from '../policies/traffic-policies.ts';
import type { JudgedPolicy } from './policy-outcomes.ts';

/** The policies of all kinds, as their statuses want to know of them. */
export function judgedPolicies(tls: BackendTlsPolicies, traffic: TrafficPolicies): readonly JudgedPolicy[] {
  return [
    ...tls.policies.map(({ key, ...policy }) => ({ ...policy, id: `BackendTLSPolicy/${key}` })),
    ...traffic.policies.map(({ key, targets }) => ({
      id: `XBackendTrafficPolicy/${key}`,
      targets,
      accepted: null,
      resolvedRefs: 'unused' as const,
    })),
  ];
}
