// SPDX-License-Identifier: Apache-2.0

import type { Condition, RouteParentStatus } from '../resources/index.ts';
import type { AttachableRoute, ParentOutcome, PartiallyInvalid, RouteOutcome } from '../translate/index.ts';
import { fitted, interned } from '../values/index.ts';
import { joinConditions, problemMessage, type Stamp, stamped, type Verdict } from './condition.ts';
import type { SharedStatusParts } from './shared-status.ts';

export type RouteStatus = NonNullable<AttachableRoute['status']>;
/** Condition types at a parent that are ours. */
export const ROUTE_CONDITIONS: readonly string[] = ['Accepted', 'ResolvedRefs', 'PartiallyInvalid'];

/** One entry per parent that is ours, with the parentRef copied; entries of other controllers stay as they are. */
export function routeStatus(
  route: AttachableRoute,
  outcome: RouteOutcome,
  parts: SharedStatusParts<RouteStatus>,
): RouteStatus {
  const written = route.status?.parents ?? [];
  const before = parts.previous?.parents ?? written;
  const foreign = written.filter(entry => !parts.isOurs(entry.controllerName));
  const ours = outcome.parents.map(parent => parentStatus(route, { outcome, parent, before, now: parts.now }));
  return { parents: fitted([...foreign, ...ours]) };
}

interface ParentParts {
  readonly outcome: RouteOutcome;
  readonly parent: ParentOutcome;
  readonly before: readonly RouteParentStatus[];
  readonly now: string;
}

function parentStatus(route: AttachableRoute, { outcome, parent, before, now }: ParentParts): RouteParentStatus {
  const { parentRef, controllerName } = parent;
  const known = before.find(
    entry => entry.controllerName === controllerName && JSON.stringify(entry.parentRef) === JSON.stringify(parentRef),
  );
  const { generation } = route.metadata;
  const due = dueConditions(outcome, parent, { generation, now });
  const conditions = joinConditions(known?.conditions ?? [], due, ROUTE_CONDITIONS);
  return { parentRef, controllerName, conditions };
}

/** PartiallyInvalid "MUST NOT be set if a Route is […] not accepted". What was found of an earlier generation says so. */
function dueConditions({ partiallyInvalid }: RouteOutcome, parent: ParentOutcome, stamp: Stamp): readonly Condition[] {
  const { accepted, resolvedRefs } = parent;
  const judged =
    partiallyInvalid?.kind === 'fallen-back' ? { ...stamp, generation: partiallyInvalid.generation } : stamp;
  const conditions = [
    stamped(accepted === null ? routeAccepted(parent) : routeNotAccepted(accepted), judged),
    stamped(resolvedRefs === null ? routeRefsResolved() : routeRefsNotResolved(resolvedRefs), judged),
  ];
  if (partiallyInvalid !== null && accepted === null)
    conditions.push(stamped(routePartiallyInvalid(partiallyInvalid), stamp));
  return conditions;
}

/** Accepted=True/Accepted. */
function routeAccepted({ parentRef, listeners, isDefault }: ParentOutcome): Verdict {
  const places =
    parentRef.kind === 'Service'
      ? attachedPorts(listeners)
      : listeners.map(id => id.slice(id.lastIndexOf('/') + 1)).join(', ');
  const message = interned(`Attached to ${places}${isDefault ? ' of the default Gateway' : ''}`);
  return { type: 'Accepted', status: 'True', reason: 'Accepted', message };
}

/** Ids of frontends in words: see `Listener.id`. */
function attachedPorts(ids: readonly string[]): string {
  const ports = ids.map(id => id.replace(/^.*:(\d+)(?:\/.*)?$/, '$1'));
  const clients = /:\d+\/(.+)$/.exec(ids[0] ?? '')?.[1];
  return `port ${ports.join(', ')}${clients === undefined ? '' : `, for clients in namespace ${clients}`}`;
}

/** Accepted=False/NoMatchingParent, NotAllowedByListeners, NoMatchingListenerHostname, Conflicted or UnsupportedValue. */
function routeNotAccepted(problem: NonNullable<ParentOutcome['accepted']>): Verdict {
  return { type: 'Accepted', status: 'False', reason: problem.reason, message: problemMessage(problem) };
}

/** ResolvedRefs=True/ResolvedRefs. */
function routeRefsResolved(): Verdict {
  return { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message: 'All references are resolved' };
}

/** ResolvedRefs=False/InvalidKind, BackendNotFound, RefNotPermitted or UnsupportedProtocol. */
function routeRefsNotResolved(problem: NonNullable<ParentOutcome['resolvedRefs']>): Verdict {
  return { type: 'ResolvedRefs', status: 'False', reason: problem.reason, message: problemMessage(problem) };
}

/** PartiallyInvalid=True/UnsupportedValue. The API wants the message to begin with "Dropped Rule" or "Fall Back", so without a place. */
function routePartiallyInvalid(problem: PartiallyInvalid): Verdict {
  const { message, help } = problem.finding;
  const start = problem.kind === 'fallen-back' ? `Fall Back to generation ${problem.generation}: ` : '';
  return {
    type: 'PartiallyInvalid',
    status: 'True',
    reason: problem.reason,
    message: `${start}${message}. ${help}`,
  };
}
