// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { ResourceSet, XBackendTrafficPolicy } from '../../resources/index.ts';
import type { RetryConstraint } from '../../snapshot/index.ts';
import { compareStrings, formatNamespacedName, parseDuration, shareMap } from '../../values/index.ts';
import { compareAge } from '../age.ts';
import type { ServiceTraffic, TrafficOfServices } from '../resolve/service-traffic.ts';
import { type CompiledSession, compileSessionPersistence } from '../resolve/session-persistence.ts';
import { type PolicyTarget, type TakenTargets, targetsOf } from './policy-targets.ts';

/** All XBackendTrafficPolicies, judged against each other. */
export interface TrafficPolicies {
  /** In the order of precedence. */
  readonly policies: readonly AcceptedTraffic[];
  /** Keeps its identity while it is unchanged. */
  readonly services: TrafficOfServices;
}

export interface AcceptedTraffic {
  /** `namespace/name`. */
  readonly key: string;
  readonly policy: XBackendTrafficPolicy;
  readonly targets: readonly PolicyTarget[];
  readonly session: CompiledSession;
}

/** Judges all policies, oldest first, then by name: who comes first has the target. */
export function acceptTraffic(
  { xBackendTrafficPolicies, services }: Pick<ResourceSet, 'xBackendTrafficPolicies' | 'services'>,
  previous: TrafficOfServices | undefined,
): TrafficPolicies {
  const taken: TakenTargets = new Map();
  const policies = [...xBackendTrafficPolicies.values()]
    .sort((a, b) => compareAge(a.metadata, b.metadata))
    .map((policy): AcceptedTraffic => {
      const key = formatNamespacedName(policy.metadata);
      const path = ['spec', 'sessionPersistence'];
      const site = { owner: policy, id: `${policy.kind}/${key}`, path };
      const session = compileSessionPersistence(policy.spec.sessionPersistence, site);
      return { key, policy, targets: targetsOf(policy, services, taken), session };
    });
  return { policies, services: shareMap(previous, indexServices(policies)) };
}

/** What there is to say of the policies, sorted by name. */
export function trafficFindings({ policies }: TrafficPolicies): readonly Finding[] {
  const byName = [...policies].sort((a, b) => compareStrings(a.key, b.key));
  return byName.flatMap(({ targets, session }) => [
    ...targets.flatMap(({ problem }) => (problem === null ? [] : [problem.finding])),
    ...session.findings,
  ]);
}

function indexServices(policies: readonly AcceptedTraffic[]): TrafficOfServices {
  const index = new Map<string, ServiceTraffic>();
  for (const { policy, targets, session } of policies) {
    const retryConstraint = constraintOf(policy.spec.retryConstraint);
    for (const { service, problem } of targets) {
      if (problem !== null) continue;
      // A session is with one Service: the endpoints of another target are others.
      const kept = session.policy === null ? null : { id: `Service/${service}`, policy: session.policy };
      index.set(service, { retryConstraint, session: kept });
    }
  }
  return index;
}

/** A rate without a part of it has that of the default: 10 in 1 s. */
function constraintOf(asked: XBackendTrafficPolicy['spec']['retryConstraint']): RetryConstraint | null {
  if (asked === undefined) return null;
  const { budget, minRetryRate } = asked;
  return {
    percent: budget.percent,
    intervalMs: parseDuration(budget.interval) ?? 10_000,
    minRetries: minRetryRate.count ?? 10,
    minIntervalMs: parseDuration(minRetryRate.interval ?? '1s') ?? 1_000,
  };
}
