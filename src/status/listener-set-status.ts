// SPDX-License-Identifier: Apache-2.0

import type { ListenerSet } from '../resources/index.ts';
import type { ListenerSetOutcome } from '../translate/index.ts';
import { mergeConditions, problemMessage, type Verdict } from './condition.ts';
import { listenerStatuses } from './listener-status.ts';

export type ListenerSetStatus = NonNullable<ListenerSet['status']>;

/** Condition types of a ListenerSet that are ours. */
export const LISTENER_SET_CONDITIONS: readonly string[] = ['Accepted', 'Programmed'];

/** The status of a ListenerSet that is ours: conditions, and its listeners in the order of the spec. */
export function listenerSetStatus(
  set: ListenerSet,
  outcome: ListenerSetOutcome,
  { previous, now }: { previous: ListenerSetStatus | undefined; now: string },
): ListenerSetStatus {
  const stamp = { generation: set.metadata.generation, now };
  return {
    conditions: mergeConditions(previous?.conditions ?? [], verdicts(outcome), {
      owned: LISTENER_SET_CONDITIONS,
      stamp,
    }),
    listeners: listenerStatuses(outcome.listeners, previous?.listeners, stamp),
  };
}

function verdicts({ accepted, invalidListeners, programmed }: ListenerSetOutcome): readonly Verdict[] {
  return [
    accepted !== null ? setNotAccepted(accepted) : setAccepted(invalidListeners),
    programmed !== null ? setNotProgrammed(programmed) : setProgrammed(),
  ];
}

/** Accepted=True/Accepted, or ListenersNotValid when some listeners work and some do not. */
function setAccepted(invalid: readonly string[]): Verdict {
  return invalid.length === 0
    ? { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'All listeners are valid' }
    : {
        type: 'Accepted',
        status: 'True',
        reason: 'ListenersNotValid',
        message: `Not valid: ${invalid.join(', ')}. See the conditions of the listeners`,
      };
}

/** Accepted=False/NotAllowed, ParentNotAccepted or ListenersNotValid. */
function setNotAccepted(problem: NonNullable<ListenerSetOutcome['accepted']>): Verdict {
  return { type: 'Accepted', status: 'False', reason: problem.reason, message: problemMessage(problem) };
}

/** Programmed=True/Programmed. */
function setProgrammed(): Verdict {
  return { type: 'Programmed', status: 'True', reason: 'Programmed', message: 'The listeners take traffic' };
}

/** Programmed=False, with the reason of Accepted=False. */
function setNotProgrammed(problem: NonNullable<ListenerSetOutcome['programmed']>): Verdict {
  return { type: 'Programmed', status: 'False', reason: problem.reason, message: problemMessage(problem) };
}
