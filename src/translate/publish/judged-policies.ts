// SPDX-License-Identifier: Apache-2.0

import type { AcceptedXBackends } from '../accept/x-backends.ts';
import type { BackendTlsPolicies } from '../policies/backend-tls-policies.ts';
import type { PolicyTarget } from '../policies/policy-targets.ts';
import type { TrafficPolicies } from '../policies/traffic-policies.ts';
import type { JudgedPolicy } from './policy-outcomes.ts';

/** The policies of all kinds, and XBackends, as their statuses want to know of them. */
export function judgedPolicies(
  tls: BackendTlsPolicies,
  traffic: TrafficPolicies,
  xBackends: AcceptedXBackends,
): readonly JudgedPolicy[] {
  return [
    ...tls.policies.map(({ key, targets, accepted, resolvedRefs }) => ({
      id: `BackendTLSPolicy/${key}`,
      targets: targets.map(ofService),
      accepted,
      resolvedRefs,
    })),
    ...traffic.policies.map(({ key, targets }) => ({
      id: `XBackendTrafficPolicy/${key}`,
      targets: targets.map(ofService),
      accepted: null,
      resolvedRefs: 'unused' as const,
    })),
    ...xBackends.accepted.map(({ key, accepted, resolvedRefs }) => ({
      id: `XBackend/${key}`,
      targets: [{ object: `XBackend/${key}`, problem: null }],
      accepted,
      resolvedRefs,
    })),
  ];
}

function ofService({ service, problem }: PolicyTarget): JudgedPolicy['targets'][number] {
  return { object: `Service/${service}`, problem };
}
