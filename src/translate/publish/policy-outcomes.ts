// SPDX-License-Identifier: Apache-2.0

import { compareStrings } from '../../values/index.ts';
import type { AcceptedGateway } from '../accept/gateways.ts';
import { type FrontendGroups, isApplied } from '../arbitrate/frontend-groups.ts';
import type { AncestorOutcome, PolicyAcceptedReason, PolicyOutcome, Problem } from '../outcomes.ts';
import type { PolicyTarget } from '../policies/policy-targets.ts';
import { backendObject } from '../resolve/backend-object.ts';
import { type AttachableRoute, backendsOf } from '../route-kinds.ts';
import type { TranslatedRoutes } from '../rules/translated-routes.ts';

/** Whom policies may concern: those who send to a target, or would. */
interface Senders {
  readonly gateways: ReadonlyMap<string, AcceptedGateway>;
  readonly routes: TranslatedRoutes;
  readonly groups: FrontendGroups;
  /** Of `Outcomes`. */
  readonly meshController: string | null;
}

/** A policy, or what speaks for itself, with what became of it, for its status. */
export interface JudgedPolicy extends Pick<AncestorOutcome, 'accepted' | 'resolvedRefs'> {
  /** `Kind/namespace/name`. */
  readonly id: string;
  /** As `backendObject` names them. */
  readonly targets: readonly { readonly object: string; readonly problem: PolicyTarget['problem'] }[];
}

/** Sums up policies for their statuses, by id: an ancestor for each Gateway of ours that sends to a target, and each Service whose routes do. */
export function policyOutcomes(
  policies: readonly JudgedPolicy[],
  senders: Senders,
): ReadonlyMap<string, PolicyOutcome> {
  const outcomes = new Map<string, PolicyOutcome>();
  if (policies.length === 0) return outcomes;
  const targets = new Set(policies.flatMap(policy => policy.targets.map(({ object }) => object)));
  const gatewaysOf = gatewaysByObject(targets, senders);
  for (const policy of policies) outcomes.set(policy.id, outcomeOf(policy, gatewaysOf, senders));
  return outcomes;
}

function outcomeOf(
  policy: JudgedPolicy,
  gatewaysOf: ReadonlyMap<string, ReadonlySet<string>>,
  { gateways, meshController }: Senders,
): PolicyOutcome {
  const problems = new Map<string, Problem<PolicyAcceptedReason>[]>();
  const used = new Map<string, number>();
  for (const { object, problem } of policy.targets) {
    for (const gateway of gatewaysOf.get(object) ?? []) {
      used.set(gateway, (used.get(gateway) ?? 0) + 1);
      if (problem !== null) problems.set(gateway, [...(problems.get(gateway) ?? []), problem]);
    }
  }
  const ancestors = [...used]
    .sort(([a], [b]) => compareStrings(a, b))
    .flatMap(([gateway, count]): AncestorOutcome[] => {
      const controllerName = gateway.startsWith(SERVICE) ? meshController : gateways.get(gateway)?.controllerName;
      if (controllerName == null) return [];
      const ofTargets = problems.get(gateway) ?? [];
      // It acts where one of its targets is its own.
      const lost = ofTargets.length === count ? (ofTargets[0] ?? null) : null;
      return [
        {
          ancestor: gateway,
          controllerName,
          accepted: lost ?? policy.accepted,
          resolvedRefs: policy.resolvedRefs,
        },
      ];
    });
  return { ancestors };
}

const SERVICE = 'Service/';

/** A Service that a route names as parent alone is not what it sends to. */
function isBackendOf(route: AttachableRoute, object: string): boolean {
  return backendsOf(route).some(({ ref }) => backendObject(ref, route.metadata.namespace) === object);
}

/** Of each of `objects`, the Gateways that send to it: with a route attached, a listener's filter or a collector of spans that names it. */
function gatewaysByObject(
  objects: ReadonlySet<string>,
  { gateways, routes, groups }: Senders,
): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const add = (object: string, gateway: string): void => {
    const known = found.get(object) ?? new Set();
    found.set(object, known.add(gateway));
  };
  for (const { route, dependencies, attachments } of routes.byKey.values()) {
    if (attachments.length === 0) continue;
    for (const object of dependencies)
      if (objects.has(object))
        for (const attachment of attachments) {
          const { gateway, frontend } = attachment.listener;
          if (gateway !== null) add(object, gateway);
          else if (frontend !== null && isApplied(route.kind, attachment, groups) && isBackendOf(route, object))
            add(object, `${SERVICE}${frontend.service}`);
        }
  }
  for (const { key, listeners, tracing } of gateways.values()) {
    for (const { judged } of listeners)
      for (const object of judged.filters.objects) if (objects.has(object)) add(object, key);
    if (tracing.object !== null && objects.has(tracing.object)) add(tracing.object, key);
  }
  return found;
}
