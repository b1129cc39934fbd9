// SPDX-License-Identifier: Apache-2.0

import type { Gateway } from '../resources/index.ts';
import type { GatewayOutcome, ListenerOutcome } from '../translate/index.ts';
import { mergeConditions, type Stamp, type Verdict } from './condition.ts';
import {
  gatewayAccepted,
  gatewayNotAccepted,
  gatewayNotProgrammed,
  gatewayPartlyAccepted,
  gatewayProgrammed,
  gatewayRefsNotResolved,
  gatewayRefsResolved,
} from './gateway-conditions.ts';
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

export type GatewayStatus = NonNullable<Gateway['status']>;
type ListenerStatus = NonNullable<GatewayStatus['listeners']>[number];

/** Condition types of a Gateway that are ours. */
export const GATEWAY_CONDITIONS: readonly string[] = ['Accepted', 'Programmed', 'ResolvedRefs'];
/** Condition types of a listener that are ours. */
export const LISTENER_CONDITIONS: readonly string[] = [
  'Accepted',
  'Programmed',
  'ResolvedRefs',
  'Conflicted',
  'OverlappingTLSConfig',
];

/** The status of a Gateway that is ours: conditions, addresses, and its listeners in the order of the spec. */
export function gatewayStatus(
  gateway: Gateway,
  outcome: GatewayOutcome,
  { previous, now }: { previous: GatewayStatus | undefined; now: string },
): GatewayStatus {
  const stamp = { generation: gateway.metadata.generation, now };
  return {
    addresses: outcome.addresses.map(value => ({ type: 'IPAddress', value })),
    conditions: mergeConditions(previous?.conditions ?? [], gatewayVerdicts(outcome), {
      owned: GATEWAY_CONDITIONS,
      stamp,
    }),
    listeners: outcome.listeners.map(listener => {
      const before = previous?.listeners?.find(candidate => candidate.name === listener.name);
      return listenerStatus(listener, before, stamp);
    }),
  };
}

function gatewayVerdicts(outcome: GatewayOutcome): readonly Verdict[] {
  const { accepted, invalidListeners, programmed, resolvedRefs } = outcome;
  return [
    accepted !== null
      ? gatewayNotAccepted(accepted)
      : invalidListeners.length === 0
        ? gatewayAccepted()
        : partlyAccepted(outcome),
    programmed === null ? gatewayProgrammed(outcome.addresses) : gatewayNotProgrammed(programmed),
    resolvedRefs === null ? gatewayRefsResolved() : gatewayRefsNotResolved(resolvedRefs),
  ];
}

function partlyAccepted({ invalidListeners, listeners }: GatewayOutcome): Verdict {
  const names = listeners.map(listener => listener.name);
  return gatewayPartlyAccepted(
    invalidListeners,
    names.filter(name => !invalidListeners.includes(name)),
  );
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
