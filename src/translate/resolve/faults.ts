// SPDX-License-Identifier: Apache-2.0

import { REQUEST_FAILURES, type RequestFailureReason } from '../../errors/index.ts';
import type { Fault } from '../../snapshot/index.ts';
import type { BackendReason } from './backend-refs.ts';

/**
 * What a client is told when a rule, or a backend's share of it, cannot be served: the reason, and nothing
 * about objects that the route may not see.
 */
function unavailable(reason: RequestFailureReason, message: string): Fault {
  const { httpStatus, grpcStatus } = REQUEST_FAILURES[reason];
  return { httpStatus, grpcStatus, message, reason };
}

const BACKEND_FAULTS: Readonly<Record<BackendReason, Fault>> = {
  InvalidKind: unavailable('invalid_kind', 'the backend is of a kind that the gateway does not support'),
  BackendNotFound: unavailable('backend_not_found', 'the backend of this route does not exist'),
  RefNotPermitted: unavailable('ref_not_permitted', 'the reference to the backend of this route is not permitted'),
  UnsupportedProtocol: unavailable(
    'unsupported_protocol',
    'the backend of this route does not speak what the route carries',
  ),
  BackendUntrusted: unavailable(
    'backend_untrusted',
    'the backend of this route must be spoken to in TLS, and cannot be trusted',
  ),
};

/** The answer for the share of a backend that cannot be used. */
export function backendFault(reason: BackendReason): Fault {
  return BACKEND_FAULTS[reason];
}

/** The answer of a rule without backendRefs. */
export const NO_BACKENDS: Fault = unavailable('no_backend', 'the rule has no backends');

/** The answer of a rule whose backends all have weight 0. */
export const NO_WEIGHT: Fault = unavailable('no_weight', 'all backends of the rule have weight 0');

/** The answer when a filter cannot be resolved: it must not be skipped (GRPCRouteFilter.extensionRef). */
export const FILTER_UNRESOLVED: Fault = unavailable('filter_unresolved', 'a filter of the rule cannot be resolved');

/** The same where it is one of a listener: all requests of the listener are answered with it. */
export const LISTENER_FILTER_UNRESOLVED: Fault = unavailable(
  'filter_unresolved',
  'a filter of the listener cannot be resolved',
);
