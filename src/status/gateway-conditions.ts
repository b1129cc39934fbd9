// SPDX-License-Identifier: Apache-2.0

import type { GatewayOutcome } from '../translate/index.ts';
import { problemMessage, type Verdict } from './condition.ts';

/** Accepted=True/Accepted. */
export function gatewayAccepted(): Verdict {
  return { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'All listeners are valid' };
}

/** Accepted=True/ListenersNotValid: some listeners work, some do not. */
export function gatewayPartlyAccepted(invalid: readonly string[], valid: readonly string[]): Verdict {
  const message = `Not valid: ${invalid.join(', ')}; valid: ${valid.join(', ')}. See the conditions of the listeners`;
  return { type: 'Accepted', status: 'True', reason: 'ListenersNotValid', message };
}

/** Accepted=False/InvalidParameters, UnsupportedAddress or ListenersNotValid. */
export function gatewayNotAccepted(problem: NonNullable<GatewayOutcome['accepted']>): Verdict {
  return { type: 'Accepted', status: 'False', reason: problem.reason, message: problemMessage(problem) };
}

/** Programmed=True/Programmed. */
export function gatewayProgrammed({ addresses, assignment }: GatewayOutcome): Verdict {
  const { service, reported } = assignment;
  const message =
    service === null
      ? `Bound at ${addresses.join(', ')}`
      : `Reached at ${addressList(reported)} through Service ${service.name}`;
  return { type: 'Programmed', status: 'True', reason: 'Programmed', message };
}

/** Programmed=False/AddressNotUsable or Invalid. */
export function gatewayNotProgrammed(problem: NonNullable<GatewayOutcome['programmed']>): Verdict {
  return { type: 'Programmed', status: 'False', reason: problem.reason, message: problemMessage(problem) };
}

/** ResolvedRefs=True/ResolvedRefs. */
export function gatewayRefsResolved(): Verdict {
  return { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message: 'All references are resolved' };
}

/** ResolvedRefs=False/ListenersNotResolved (or another reason of the API). */
export function gatewayRefsNotResolved(problem: NonNullable<GatewayOutcome['resolvedRefs']>): Verdict {
  return { type: 'ResolvedRefs', status: 'False', reason: problem.reason, message: problemMessage(problem) };
}

/** AddressesAssigned: True; False/PartiallyAssigned or False/NotAssigned, with each entry that is not satisfied. */
export function addressesAssigned({ reported, missing }: GatewayOutcome['assignment']): Verdict {
  const type = 'AddressesAssigned';
  if (missing.length === 0 && reported.length > 0) {
    return { type, status: 'True', reason: 'AddressesAssigned', message: `Assigned: ${addressList(reported)}` };
  }
  const why = missing.map(problemMessage).join('; ') || 'The Gateway is not accepted';
  if (reported.length === 0) return { type, status: 'False', reason: 'NotAssigned', message: why };
  return { type, status: 'False', reason: 'PartiallyAssigned', message: `Assigned: ${addressList(reported)}. ${why}` };
}

function addressList(addresses: GatewayOutcome['assignment']['reported']): string {
  return addresses.map(({ value }) => value).join(', ');
}

/** InsecureFrontendValidationMode=True/ConfigurationChanged. It is written only while that is so. */
export function gatewayInsecureClients(problem: NonNullable<GatewayOutcome['insecureClients']>): Verdict {
  return {
    type: 'InsecureFrontendValidationMode',
    status: 'True',
    reason: problem.reason,
    message: problemMessage(problem),
  };
}

/** DefaultGateway=True/DefaultGateway (GEP-3793). It is written only while that is so; the GEP names no reason. */
export function defaultGateway(): Verdict {
  const message = 'Gateway has default scope All: routes with useDefaultGateways: All attach to it without naming it';
  return { type: 'DefaultGateway', status: 'True', reason: 'DefaultGateway', message };
}
