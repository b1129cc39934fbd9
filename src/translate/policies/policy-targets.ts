// SPDX-License-Identifier: Apache-2.0

/** What policies are for, and which of them wins where several are for the same. */
import type { Service } from '../../resources/index.ts';
import { formatNamespacedName } from '../../values/index.ts';
import type { PolicyAcceptedReason, Problem } from '../outcomes.ts';
import { findingOf, type Named, nameOf } from '../report.ts';
import { coreGroup } from '../resolve/reference-grants.ts';

/** A policy that says itself what it is for. */
export interface TargetingPolicy extends Named {
  readonly spec: {
    readonly targetRefs: readonly {
      readonly group: string;
      readonly kind: string;
      readonly name: string;
      readonly sectionName?: string;
    }[];
  };
}

/** One targetRef. */
export interface PolicyTarget {
  /** `namespace/name` of the Service; '' for what is none. */
  readonly service: string;
  /** The name of a port; null: the whole Service. */
  readonly section: string | null;
  /** Why the policy does not act there. */
  readonly problem: Problem<PolicyAcceptedReason> | null;
}

/** What is for a target already: `namespace/name section` → the policy. */
export type TakenTargets = Map<string, TargetingPolicy>;

/**
 * The targets of a policy. Call it for the most important policy first: those that it finds are `taken`
 * (BackendTLSPolicySpec.targetRefs: the older one, then by name).
 */
export function targetsOf(
  policy: TargetingPolicy,
  services: ReadonlyMap<string, Service>,
  taken: TakenTargets,
): readonly PolicyTarget[] {
  return policy.spec.targetRefs.map((ref, index) => {
    const path = ['spec', 'targetRefs', index];
    const notFound = (message: string, help: string): Problem<'TargetNotFound'> => ({
      reason: 'TargetNotFound',
      finding: findingOf('policy/target-not-found', policy, { path, message, help }),
    });
    const section = ref.sectionName ?? null;
    if (ref.kind !== 'Service' || coreGroup(ref.group) !== '') {
      const kind = ref.group === '' ? ref.kind : `${ref.kind} (${ref.group})`;
      const problem = notFound(
        `${kind} ${ref.name} is of no kind that the policy can be for`,
        'Name a Service, with group: ""',
      );
      return { service: '', section, problem };
    }
    const service = formatNamespacedName({ namespace: policy.metadata.namespace, name: ref.name });
    const slot = `${service} ${section ?? ''}`;
    const winner = taken.get(slot);
    if (winner === undefined) taken.set(slot, policy);
    else return { service, section, problem: conflicted(policy, winner, path) };
    const found = services.get(service);
    if (found === undefined)
      return {
        service,
        section,
        problem: notFound(`Service ${service} does not exist`, 'Create it, or correct the name'),
      };
    if (section === null || found.spec.ports.some(({ name }) => name === section))
      return { service, section, problem: null };
    const names = found.spec.ports.map(({ name }) => name).filter(name => name !== undefined && name !== '');
    const message = `Service ${service} has no port named ${section}`;
    const help = names.length === 0 ? 'Name the port, or remove sectionName' : `Its ports are ${names.join(', ')}`;
    return { service, section, problem: notFound(message, help) };
  });
}

/** Why `policy` does not act where `winner` does. */
export function conflicted(
  policy: TargetingPolicy,
  winner: TargetingPolicy,
  path: readonly (string | number)[],
): Problem<'Conflicted'> {
  const finding = findingOf('policy/conflicted', policy, {
    path,
    message: `${nameOf(winner)} is for the same target and comes first, so this one has no effect there`,
    help:
      policy.kind === 'BackendTLSPolicy'
        ? 'Remove one of them, or give each a port of its own by sectionName'
        : 'Remove one of them',
  });
  return { reason: 'Conflicted', finding };
}
