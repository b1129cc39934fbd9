// SPDX-License-Identifier: Apache-2.0

import type { Gateway } from '../resources/index.ts';
import type { GatewayOutcome } from '../translate/index.ts';
import { mergeConditions, type Verdict } from './condition.ts';
import {
  addressesAssigned,
  defaultGateway,
  gatewayAccepted,
  gatewayInsecureClients,
  gatewayNotAccepted,
  gatewayNotProgrammed,
  gatewayPartlyAccepted,
  gatewayProgrammed,
  gatewayRefsNotResolved,
  gatewayRefsResolved,
} from './gateway-conditions.ts';
import { listenerStatuses } from './listener-status.ts';

export type GatewayStatus = NonNullable<Gateway['status']>;

/** Condition types of a Gateway that are ours. */
export const GATEWAY_CONDITIONS: readonly string[] = [
  'Accepted',
  'Programmed',
  'ResolvedRefs',
  'AddressesAssigned',
  'InsecureFrontendValidationMode',
  'DefaultGateway',
];

/** The status of a Gateway that is ours: conditions, addresses, and its listeners in the order of the spec. */
export function gatewayStatus(
  gateway: Gateway,
  outcome: GatewayOutcome,
  { previous, now }: { previous: GatewayStatus | undefined; now: string },
): GatewayStatus {
  const stamp = { generation: gateway.metadata.generation, now };
  return {
    addresses: outcome.assignment.reported.map(({ type, value, routability }) => ({
      type,
      value,
      ...(routability === null ? {} : { routability }),
    })),
    conditions: mergeConditions(previous?.conditions ?? [], gatewayVerdicts(outcome), {
      owned: GATEWAY_CONDITIONS,
      stamp,
    }),
    listeners: listenerStatuses(outcome.listeners, previous?.listeners, stamp),
    ...attachedSets(outcome, previous),
  };
}

/** Nothing of a Gateway that takes no sets, unless a count of those that it once took is there: that is outdated. */
function attachedSets(
  { attachedListenerSets }: GatewayOutcome,
  previous: GatewayStatus | undefined,
): Pick<GatewayStatus, 'attachedListenerSets'> {
  if (attachedListenerSets !== null) return { attachedListenerSets };
  return previous?.attachedListenerSets === undefined ? {} : { attachedListenerSets: 0 };
}

function gatewayVerdicts(outcome: GatewayOutcome): readonly Verdict[] {
  const { accepted, invalidListeners, programmed, resolvedRefs, insecureClients } = outcome;
  return [
    accepted !== null
      ? gatewayNotAccepted(accepted)
      : invalidListeners.length === 0
        ? gatewayAccepted()
        : partlyAccepted(outcome),
    programmed === null ? gatewayProgrammed(outcome) : gatewayNotProgrammed(programmed),
    resolvedRefs === null ? gatewayRefsResolved() : gatewayRefsNotResolved(resolvedRefs),
    ...(outcome.assignment.isTold ? [addressesAssigned(outcome.assignment)] : []),
    ...(insecureClients === null ? [] : [gatewayInsecureClients(insecureClients)]),
    ...(outcome.isDefault ? [defaultGateway()] : []),
  ];
}

function partlyAccepted({ invalidListeners, listeners }: GatewayOutcome): Verdict {
  const names = listeners.map(listener => listener.name);
  return gatewayPartlyAccepted(
    invalidListeners,
    names.filter(name => !invalidListeners.includes(name)),
  );
}
