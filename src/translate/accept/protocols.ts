// SPDX-License-Identifier: Apache-2.0

import { GATEWAY_GROUP } from '../../resources/index.ts';
import type { RouteKind } from '../outcomes.ts';

/** What a listener protocol means here; undefined for protocols that this version does not serve. */
export interface ServedProtocol {
  readonly secure: boolean;
  /** Protocols of one family may share a port when hostnames tell them apart. */
  readonly family: 'cleartext' | 'tls';
  readonly kinds: readonly RouteKind[];
}

/** What an HTTP or HTTPS listener takes. */
const REQUEST_ROUTES: readonly RouteKind[] = [
  { group: GATEWAY_GROUP, kind: 'HTTPRoute' },
  { group: GATEWAY_GROUP, kind: 'GRPCRoute' },
];
const SERVED: Readonly<Record<string, ServedProtocol>> = {
  HTTP: { secure: false, family: 'cleartext', kinds: REQUEST_ROUTES },
  HTTPS: { secure: true, family: 'tls', kinds: REQUEST_ROUTES },
};

/**
 * TLS, TCP and UDP listeners are known but carry nothing until their routes are served, and the API wants such a
 * protocol refused (ListenerConditionAccepted, reason UnsupportedProtocol) with empty supportedKinds.
 */
export function servedProtocol(protocol: string): ServedProtocol | undefined {
  return Object.hasOwn(SERVED, protocol) ? SERVED[protocol] : undefined;
}
