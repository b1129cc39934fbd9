// SPDX-License-Identifier: Apache-2.0

import type { RouteParentStatus } from '../resources/index.ts';
import type { AttachableRoute, ParentOutcome, RouteOutcome } from '../translate/index.ts';
import { fitted, interned } from '../values/index.ts';
import { mergeConditions, problemMessage, type Verdict } from './condition.ts';
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
  const stamp = { generation: route.metadata.generation, now };
  const conditions = mergeConditions(known?.conditions ?? [], verdicts(outcome, parent), {
    owned: ROUTE_CONDITIONS,
    stamp,
  });
  return { parentRef, controllerName, conditions };
}

function verdicts(outcome: RouteOutcome, parent: ParentOutcome): readonly Verdict[] {
  const { partiallyInvalid } = outcome;
  const { resolvedRefs } = parent;
  const list = [
    parent.accepted === null ? routeAccepted(parent) : routeNotAccepted(parent.accepted),
    resolvedRefs === null ? routeRefsResolved() : routeRefsNotResolved(resolvedRefs),
  ];
  return partiallyInvalid === null ? list : [...list, routePartiallyInvalid(partiallyInvalid)];
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

/** PartiallyInvalid=True/UnsupportedValue. The API wants the message to begin with "Dropped Rule", so without a place. */
function routePartiallyInvalid(problem: NonNullable<RouteOutcome['partiallyInvalid']>): Verdict {
  const { message, help } = problem.finding;
  return { type: 'PartiallyInvalid', status: 'True', reason: problem.reason, message: `${message}. ${help}` };
}
