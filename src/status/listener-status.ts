// SPDX-License-Identifier: Apache-2.0

import type { Gateway } from '../resources/index.ts';
import type { ListenerOutcome } from '../translate/index.ts';
import { mergeConditions, type Stamp, type Verdict } from './condition.ts';
import {
  listenerAccepted,
  listenerConflicted,
  listenerNotAccepted,
  listenerNotConflicted,
  listenerNotProgrammed,
  listenerOverlapping,
  listenerProgrammed,
  listenerRefsNotResolved,
  listenerRefsResolved,
} from './listener-conditions.ts';

/** The status of a listener of a Gateway or a ListenerSet. */
export type ListenerStatus = NonNullable<NonNullable<Gateway['status']>['listeners']>[number];

/** Condition types of a listener that are ours. */
export const LISTENER_CONDITIONS: readonly string[] = [
  'Accepted',
  'Programmed',
  'ResolvedRefs',
  'Conflicted',
  'OverlappingTLSConfig',
];

/** The statuses of the listeners of one object, in the order of its spec. */
export function listenerStatuses(
  outcomes: readonly ListenerOutcome[],
  previous: readonly ListenerStatus[] | undefined,
  stamp: Stamp,
): ListenerStatus[] {
  return outcomes.map(listener => {
    const before = previous?.find(candidate => candidate.name === listener.name);
    return listenerStatus(listener, before, stamp);
  });
}

function listenerStatus(outcome: ListenerOutcome, previous: ListenerStatus | undefined, stamp: Stamp): ListenerStatus {
  return {
    name: outcome.name,
    supportedKinds: [...outcome.supportedKinds],
    attachedRoutes: outcome.attachedRoutes,
    conditions: mergeConditions(previous?.conditions ?? [], listenerVerdicts(outcome), {
      owned: LISTENER_CONDITIONS,
      stamp,
    }),
  };
}

function listenerVerdicts(outcome: ListenerOutcome): readonly Verdict[] {
  const { accepted, programmed, resolvedRefs, conflicted, overlapping, note } = outcome;
  const verdicts = [
    accepted === null ? listenerAccepted(note) : listenerNotAccepted(accepted),
    programmed === null ? listenerProgrammed(note) : listenerNotProgrammed(programmed),
    resolvedRefs === null ? listenerRefsResolved() : listenerRefsNotResolved(resolvedRefs),
    conflicted === null ? listenerNotConflicted() : listenerConflicted(conflicted),
  ];
  return overlapping === null ? verdicts : [...verdicts, listenerOverlapping(overlapping)];
}
