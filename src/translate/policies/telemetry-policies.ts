// SPDX-License-Identifier: Apache-2.0

import { GATEWAY_GROUP, type ResourceSet, type XTelemetryPolicy } from '../../resources/index.ts';
import { formatNamespacedName } from '../../values/index.ts';
import { compareAge } from '../age.ts';
import type { Problem } from '../outcomes.ts';
import { findingOf } from '../report.ts';
import { missingText } from '../resolve/missing-object.ts';
import { conflicted } from './policy-targets.ts';

/** All XTelemetryPolicies, judged against each other. */
export interface TelemetryPolicies {
  /** In the order of precedence. */
  readonly policies: readonly JudgedTelemetry[];
  /** The one policy of each Gateway that has any, by `namespace/name`. */
  readonly ofGateways: ReadonlyMap<string, XTelemetryPolicy>;
}

export interface JudgedTelemetry {
  /** `namespace/name`. */
  readonly key: string;
  readonly policy: XTelemetryPolicy;
  readonly targets: readonly TelemetryTarget[];
}

/** One targetRef. */
export interface TelemetryTarget {
  /** `namespace/name` of the Gateway, whether or not it exists; '': the target is none. */
  readonly gateway: string;
  /** Why the policy does not act there. */
  readonly problem: Problem<'TargetNotFound' | 'Conflicted'> | null;
}

/** Objects that are written and refused: see `TranslateEnvironment.refused`. */
type Refused = ReadonlyMap<string, string>;

/** Judges all policies: of those for one Gateway the oldest acts, then the first by name (TelemetryPolicy, precedence). */
export function acceptTelemetry(
  resources: Pick<ResourceSet, 'xTelemetryPolicies' | 'gateways'>,
  refused: Refused,
): TelemetryPolicies {
  const ofGateways = new Map<string, XTelemetryPolicy>();
  const policies = [...resources.xTelemetryPolicies.values()]
    .sort((a, b) => compareAge(a.metadata, b.metadata))
    .map((policy): JudgedTelemetry => {
      const targets = policy.spec.targetRefs.map((_, index) =>
        judgeTarget(policy, index, { gateways: resources.gateways, refused, ofGateways }),
      );
      return { key: formatNamespacedName(policy.metadata), policy, targets };
    });
  return { policies, ofGateways };
}

interface TargetContext {
  readonly gateways: ResourceSet['gateways'];
  readonly refused: Refused;
  /** What has a policy already; a target that is found is added. */
  readonly ofGateways: Map<string, XTelemetryPolicy>;
}

function judgeTarget(
  policy: XTelemetryPolicy,
  index: number,
  { gateways, refused, ofGateways }: TargetContext,
): TelemetryTarget {
  const { group, kind, name } = policy.spec.targetRefs[index] as XTelemetryPolicy['spec']['targetRefs'][number];
  const path = ['spec', 'targetRefs', index];
  if (kind !== 'Gateway' || group !== GATEWAY_GROUP) {
    const what = group === '' ? kind : `${kind} (${group})`;
    const message = `${what} ${name} is of no kind that the policy can be for`;
    const help = `Name a Gateway, with group: ${GATEWAY_GROUP}`;
    return { gateway: '', problem: notFound(policy, { path, message, help }) };
  }
  const target = { kind, namespace: policy.metadata.namespace, name };
  const gateway = formatNamespacedName(target);
  if (!gateways.has(gateway)) {
    const help = `Create it, or correct the name: a policy is for Gateways in its own namespace, ${target.namespace}`;
    const text = missingText(target, refused.get(`Gateway/${gateway}`), { help });
    return { gateway, problem: notFound(policy, { path, ...text }) };
  }
  const winner = ofGateways.get(gateway);
  if (winner !== undefined && winner !== policy) return { gateway, problem: conflicted(policy, winner, path) };
  ofGateways.set(gateway, policy);
  return { gateway, problem: null };
}

function notFound(policy: XTelemetryPolicy, report: Parameters<typeof findingOf>[2]): Problem<'TargetNotFound'> {
  return { reason: 'TargetNotFound', finding: findingOf('policy/target-not-found', policy, report) };
}
