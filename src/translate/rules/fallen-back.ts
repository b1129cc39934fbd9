// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { isServiceRef, parentKey } from '../attach/asked-parent.ts';
import type { ParentTarget } from '../attach/parent-target.ts';
import type { ParentOutcome, RouteOutcome } from '../outcomes.ts';
import type { AttachableRoute } from '../route-kinds.ts';

/** What became of a route that breaks us, and is served as it was: `outcome` is that of `generation`, or of one before it. */
export function fallenBack(outcome: RouteOutcome, generation: number, finding: Finding): RouteOutcome {
  const { partiallyInvalid } = outcome;
  const judged = partiallyInvalid?.kind === 'fallen-back' ? partiallyInvalid.generation : generation;
  return {
    ...outcome,
    partiallyInvalid: { kind: 'fallen-back', reason: 'UnsupportedValue', finding, generation: judged },
  };
}

/** Who answers for the parents of routes. */
export interface ParentControllers {
  /** By `Kind/namespace/name`. */
  parent(key: string): Pick<ParentTarget, 'controllerName'> | undefined;
  /** null: others answer for Services. */
  readonly meshController: string | null;
}

/** What became of a route that breaks us, and never was served: each parent that is ours refuses it. */
export function neverServed(route: AttachableRoute, finding: Finding, controllers: ParentControllers): RouteOutcome {
  const parents = (route.spec.parentRefs ?? []).flatMap((parentRef): ParentOutcome[] => {
    const key = parentKey(route, parentRef);
    if (key === undefined) return [];
    const ofGateway = controllers.parent(key)?.controllerName;
    const controllerName = isServiceRef(parentRef) ? controllers.meshController : ofGateway;
    if (controllerName == null) return [];
    const accepted = { reason: 'Pending' as const, finding };
    return [{ parentRef, isDefault: false, controllerName, listeners: [], accepted, resolvedRefs: null }];
  });
  return { parents, partiallyInvalid: null };
}
