// SPDX-License-Identifier: Apache-2.0

import type { Condition } from '../resources/index.ts';
import type { AncestorOutcome, PolicyOutcome } from '../translate/index.ts';
import { fitted } from '../values/index.ts';
import { mergeConditions, problemMessage, type Verdict } from './condition.ts';
import type { SharedStatusParts } from './shared-status.ts';

/** The status of a policy at one of the Gateways, or Services, through which it acts (PolicyAncestorStatus). */
export interface PolicyAncestorStatus {
  readonly ancestorRef: AncestorRef;
  readonly controllerName: string;
  readonly conditions: readonly Condition[];
}

interface AncestorRef {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly sectionName?: string;
  readonly port?: number;
}

export interface PolicyStatus {
  readonly ancestors: readonly PolicyAncestorStatus[];
}

/** What the status of a policy needs to know of it. */
export interface PolicyObject {
  readonly kind: string;
  readonly metadata: { readonly generation: number; readonly uid?: string };
  readonly status?: PolicyStatus;
}

/** Condition types at an ancestor that are ours. */
export const POLICY_CONDITIONS: readonly string[] = ['Accepted', 'ResolvedRefs'];

/** Ancestors that the API takes (PolicyStatus.ancestors). */
const MAX_ANCESTORS = 16;
/** Ancestors of an XBackend that the API takes (XBackendStatus.ancestors). */
const MAX_BACKEND_ANCESTORS = 32;

/** Ancestors that the API takes in the status of an object of `kind`. */
export function mostAncestors(kind: string): number {
  return kind === 'XBackend' ? MAX_BACKEND_ANCESTORS : MAX_ANCESTORS;
}

/**
 * One entry for each Gateway, or Service as parent of routes, that the policy acts through; entries of other controllers stay as they are. The API
 * has room for so many together (`mostAncestors`): what is over has no entry.
 */
export function policyStatus(
  policy: PolicyObject,
  outcome: PolicyOutcome,
  parts: SharedStatusParts<PolicyStatus>,
): PolicyStatus {
  const written = policy.status?.ancestors ?? [];
  const before = parts.previous?.ancestors ?? written;
  const foreign = written.filter(entry => !parts.isOurs(entry.controllerName));
  const stamp = { generation: policy.metadata.generation, now: parts.now };
  const ours = outcome.ancestors.slice(0, Math.max(0, mostAncestors(policy.kind) - foreign.length)).map(ancestor => {
    const { controllerName } = ancestor;
    const ancestorRef = refOf(ancestor.ancestor);
    const known = before.find(
      entry =>
        entry.controllerName === controllerName &&
        entry.ancestorRef.kind === ancestorRef.kind &&
        entry.ancestorRef.name === ancestorRef.name &&
        entry.ancestorRef.namespace === ancestorRef.namespace,
    );
    const conditions = mergeConditions(known?.conditions ?? [], verdicts(ancestor, policy.kind), {
      owned: POLICY_CONDITIONS,
      stamp,
    });
    return { ancestorRef, controllerName, conditions };
  });
  return { ancestors: fitted([...foreign, ...ours]) };
}

/** See `AncestorOutcome`. */
function refOf(ancestor: string): AncestorRef {
  const [name = '', namespace = '', service] = ancestor.split('/').reverse();
  if (service !== undefined) return { group: '', kind: 'Service', namespace, name };
  return { group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace, name };
}

function verdicts({ accepted, resolvedRefs }: AncestorOutcome, kind: string): readonly Verdict[] {
  const acts = resolvedRefs === null || resolvedRefs === 'unused' || kind !== 'XTelemetryPolicy';
  const first = accepted === null ? policyAccepted(kind, acts) : policyNotAccepted(accepted);
  if (resolvedRefs === 'unused') return [first];
  return [first, resolvedRefs === null ? policyRefsResolved() : policyRefsNotResolved(resolvedRefs)];
}

/** Accepted=True/Accepted. `acts`: false for a policy that comes first, and lacks what it needs. */
function policyAccepted(kind: string, acts: boolean): Verdict {
  const effect = acts ? 'The policy is in effect' : 'The policy counts here, and traces nothing without its collector';
  const message = kind === 'XBackend' ? 'The backend is in use' : effect;
  return { type: 'Accepted', status: 'True', reason: 'Accepted', message };
}

/** Accepted=False/Conflicted, Invalid, TargetNotFound or NoValidCACertificate. */
function policyNotAccepted(problem: NonNullable<AncestorOutcome['accepted']>): Verdict {
  return { type: 'Accepted', status: 'False', reason: problem.reason, message: problemMessage(problem) };
}

/** ResolvedRefs=True/ResolvedRefs. */
function policyRefsResolved(): Verdict {
  return { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message: 'All references are resolved' };
}

/** ResolvedRefs=False/InvalidCACertificateRef, InvalidKind, BackendNotFound or RefNotPermitted. */
function policyRefsNotResolved(problem: Exclude<AncestorOutcome['resolvedRefs'], null | 'unused'>): Verdict {
  return { type: 'ResolvedRefs', status: 'False', reason: problem.reason, message: problemMessage(problem) };
}
