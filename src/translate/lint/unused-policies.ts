// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { compareStrings } from '../../values/index.ts';
import type { Outcomes } from '../outcomes.ts';
import type { PolicyTarget, TargetingPolicy } from '../policies/policy-targets.ts';
import { findingOf } from '../report.ts';

/** A policy of any kind, judged. */
interface JudgedTargets {
  /** `namespace/name`. */
  readonly key: string;
  readonly policy: TargetingPolicy;
  readonly targets: readonly PolicyTarget[];
}

/** Policies for Services that nothing is sent to. Those that cannot act at all are told of elsewhere. */
export function lintUnusedPolicies(
  policies: readonly JudgedTargets[],
  outcomes: Outcomes['policies'],
): readonly Finding[] {
  return policies
    .filter(({ key, policy, targets }) => {
      const acts = targets.some(({ problem }) => problem === null);
      return acts && outcomes.get(`${policy.kind}/${key}`)?.ancestors.length === 0;
    })
    .sort((a, b) => compareStrings(a.policy.kind, b.policy.kind) || compareStrings(a.key, b.key))
    .map(({ policy, targets }) => unused(policy, targets));
}

function unused(policy: TargetingPolicy, targets: readonly PolicyTarget[]): Finding {
  const services = [...new Set(targets.flatMap(({ service, problem }) => (problem === null ? [service] : [])))];
  const what = services.length === 1 ? `Service ${services[0]}` : `Services ${services.join(', ')}`;
  return findingOf('lint/unused-policy', policy, {
    path: ['spec', 'targetRefs'],
    message: `Nothing sends to ${what}, so the policy has no effect`,
    help: 'Name the Service in a route that is attached, or correct targetRefs',
  });
}
