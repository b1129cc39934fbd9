// SPDX-License-Identifier: Apache-2.0

import type { RouteParentStatus } from '../resources/index.ts';
import type { AttachableRoute, ParentOutcome, RouteOutcome } from '../translate/index.ts';
import { fitted } from '../values/index.ts';
import { mergeConditions, type Verdict } from './condition.ts';
import {
  routeAccepted,
  routeNotAccepted,
  routePartiallyInvalid,
  routeRefsNotResolved,
  routeRefsResolved,
} from './route-conditions.ts';

export type RouteStatus = NonNullable<AttachableRoute['status']>;
const OWNED = ['Accepted', 'ResolvedRefs', 'PartiallyInvalid'];

/** What a route's status is made of besides its outcome. */
export interface RouteStatusParts {
  /** What we wrote last; undefined: look into the object itself. */
  readonly previous: RouteStatus | undefined;
  /** Controllers whose entries are ours to write, and to remove when the parentRef is gone. */
  readonly isOurs: (controllerName: string) => boolean;
  readonly now: string;
}

/** One entry per parentRef that is ours, with the parentRef copied; entries of other controllers stay as they are. */
export function routeStatus(route: AttachableRoute, outcome: RouteOutcome, parts: RouteStatusParts): RouteStatus {
  const written = route.status?.parents ?? [];
  const before = parts.previous?.parents ?? written;
  const foreign = written.filter(entry => !parts.isOurs(entry.controllerName));
  const ours = outcome.parents.flatMap(parent => parentStatus(route, { outcome, parent, before, now: parts.now }));
  return { parents: fitted([...foreign, ...ours]) };
}

interface ParentParts {
  readonly outcome: RouteOutcome;
  readonly parent: ParentOutcome;
  readonly before: readonly RouteParentStatus[];
  readonly now: string;
}

function parentStatus(
  route: AttachableRoute,
  { outcome, parent, before, now }: ParentParts,
): readonly RouteParentStatus[] {
  const parentRef = route.spec.parentRefs?.[parent.index];
  if (parentRef === undefined) return [];
  const { controllerName } = parent;
  const known = before.find(
    entry => entry.controllerName === controllerName && JSON.stringify(entry.parentRef) === JSON.stringify(parentRef),
  );
  const stamp = { generation: route.metadata.generation, now };
  const conditions = mergeConditions(known?.conditions ?? [], verdicts(outcome, parent), { owned: OWNED, stamp });
  return [{ parentRef, controllerName, conditions }];
}

function verdicts(outcome: RouteOutcome, { accepted, listeners }: ParentOutcome): readonly Verdict[] {
  const { resolvedRefs, partiallyInvalid } = outcome;
  const list = [
    accepted === null ? routeAccepted(listeners) : routeNotAccepted(accepted),
    resolvedRefs === null ? routeRefsResolved() : routeRefsNotResolved(resolvedRefs),
  ];
  return partiallyInvalid === null ? list : [...list, routePartiallyInvalid(partiallyInvalid)];
}
