// SPDX-License-Identifier: Apache-2.0

import type { ParentOutcome, RouteOutcome } from '../translate/index.ts';
import { interned } from '../values/index.ts';
import { problemMessage, type Verdict } from './condition.ts';

/** Accepted=True/Accepted. */
export function routeAccepted(listeners: readonly string[]): Verdict {
  const names = listeners.map(id => id.slice(id.lastIndexOf('/') + 1));
  const message = interned(`Attached to ${names.join(', ')}`);
  return { type: 'Accepted', status: 'True', reason: 'Accepted', message };
}

/** Accepted=False/NoMatchingParent, NotAllowedByListeners, NoMatchingListenerHostname or UnsupportedValue. */
export function routeNotAccepted(problem: NonNullable<ParentOutcome['accepted']>): Verdict {
  return { type: 'Accepted', status: 'False', reason: problem.reason, message: problemMessage(problem) };
}

/** ResolvedRefs=True/ResolvedRefs. */
export function routeRefsResolved(): Verdict {
  return { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message: 'All references are resolved' };
}

/** ResolvedRefs=False/InvalidKind, BackendNotFound, RefNotPermitted or UnsupportedProtocol. */
export function routeRefsNotResolved(problem: NonNullable<RouteOutcome['resolvedRefs']>): Verdict {
  return { type: 'ResolvedRefs', status: 'False', reason: problem.reason, message: problemMessage(problem) };
}

/** PartiallyInvalid=True/UnsupportedValue. The API wants the message to begin with "Dropped Rule", so without a place. */
export function routePartiallyInvalid(problem: NonNullable<RouteOutcome['partiallyInvalid']>): Verdict {
  const { message, help } = problem.finding;
  return { type: 'PartiallyInvalid', status: 'True', reason: problem.reason, message: `${message}. ${help}` };
}
