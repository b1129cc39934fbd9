// SPDX-License-Identifier: Apache-2.0

import { compareStrings } from '../../values/index.ts';
import { IMPLIED_CONTROLLER_NAME } from '../accept/classes.ts';
import type { AcceptedGateway } from '../accept/gateways.ts';
import type { AncestorOutcome, PolicyOutcome } from '../outcomes.ts';
import type { JudgedTelemetry, TelemetryPolicies, TelemetryTarget } from '../policies/telemetry-policies.ts';

/** Whom the policies may be for. */
interface Targets {
  readonly gateways: ReadonlyMap<string, AcceptedGateway>;
  /** null: standalone. */
  readonly controllerName: string | null;
}

/** Sums up XTelemetryPolicies for their statuses, by id: an ancestor for each Gateway that they name, unless it is another controller's. */
export function telemetryOutcomes(
  { policies }: TelemetryPolicies,
  targets: Targets,
): ReadonlyMap<string, PolicyOutcome> {
  return new Map(policies.map(judged => [`XTelemetryPolicy/${judged.key}`, outcomeOf(judged, targets)]));
}

function outcomeOf({ targets }: JudgedTelemetry, of: Targets): PolicyOutcome {
  const ancestors = new Map<string, AncestorOutcome>();
  for (const target of targets) {
    const ancestor = ancestorOf(target, of);
    if (ancestor !== null) ancestors.set(target.gateway, ancestor);
  }
  return { ancestors: [...ancestors.values()].sort((a, b) => compareStrings(a.ancestor, b.ancestor)) };
}

function ancestorOf(
  { gateway, problem }: TelemetryTarget,
  { gateways, controllerName }: Targets,
): AncestorOutcome | null {
  const accepted = gateways.get(gateway);
  if (accepted !== undefined) {
    const { tracing, controllerName } = accepted;
    return problem === null
      ? { ancestor: gateway, controllerName, accepted: tracing.accepted, resolvedRefs: tracing.resolvedRefs }
      : { ancestor: gateway, controllerName, accepted: problem, resolvedRefs: 'unused' };
  }
  // One that does not exist is nobody's: each controller may say so (GEP-4768, the test of unknown targets).
  if (gateway === '' || problem?.reason !== 'TargetNotFound') return null;
  const name = controllerName ?? IMPLIED_CONTROLLER_NAME;
  return { ancestor: gateway, controllerName: name, accepted: problem, resolvedRefs: 'unused' };
}
