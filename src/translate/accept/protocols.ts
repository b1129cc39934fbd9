// SPDX-License-Identifier: Apache-2.0

import { GATEWAY_GROUP, type GatewayListener } from '../../resources/index.ts';
import type { Listener } from '../../snapshot/index.ts';
import type { RouteKind } from '../outcomes.ts';
import type { AttachableRoute } from '../route-kinds.ts';

/** What a listener protocol means here. */
export interface ServedProtocol {
  readonly listener: Listener['kind'];
  /** Clients speak TLS. */
  readonly secure: boolean;
  /** TLS ends here, so a certificate is needed. */
  readonly terminates: boolean;
  /** Listeners of one family may share a port when hostnames tell them apart; of `tcp` and `udp` there is one a port. */
  readonly family: 'cleartext' | 'tls' | 'tcp' | 'udp';
  readonly kinds: readonly RouteKind[];
}

const REQUESTS = routeKinds('HTTPRoute', 'GRPCRoute');
const HTTP: ServedProtocol = {
  listener: 'http',
  secure: false,
  terminates: false,
  family: 'cleartext',
  kinds: REQUESTS,
};
const HTTPS: ServedProtocol = { listener: 'https', secure: true, terminates: true, family: 'tls', kinds: REQUESTS };
const PASSED_ON = { listener: 'tls', secure: true, terminates: false, family: 'tls' } as const;
const TLS_PASSTHROUGH: ServedProtocol = { ...PASSED_ON, kinds: routeKinds('TLSRoute') };
/** What is in the TLS is a stream of bytes, so a TCPRoute may take it, too: of every server name that no TLSRoute takes. */
const TLS_TERMINATE: ServedProtocol = { ...PASSED_ON, terminates: true, kinds: routeKinds('TLSRoute', 'TCPRoute') };
const TCP: ServedProtocol = {
  listener: 'tcp',
  secure: false,
  terminates: false,
  family: 'tcp',
  kinds: routeKinds('TCPRoute'),
};

const UDP: ServedProtocol = {
  listener: 'udp',
  secure: false,
  terminates: false,
  family: 'udp',
  kinds: routeKinds('UDPRoute'),
};

function routeKinds(...kinds: readonly AttachableRoute['kind'][]): readonly RouteKind[] {
  return kinds.map(kind => ({ group: GATEWAY_GROUP, kind }));
}

/**
 * undefined: the protocol is not served. The API wants a listener of such a one refused (ListenerConditionAccepted, reason
 * UnsupportedProtocol) with empty supportedKinds.
 */
export function servedProtocol({
  protocol,
  tls,
}: Pick<GatewayListener, 'protocol' | 'tls'>): ServedProtocol | undefined {
  switch (protocol) {
    case 'HTTP':
      return HTTP;
    case 'HTTPS':
      return HTTPS;
    case 'TLS':
      return tls?.mode === 'Passthrough' ? TLS_PASSTHROUGH : TLS_TERMINATE;
    case 'TCP':
      return TCP;
    case 'UDP':
      return UDP;
    default:
      return undefined;
  }
}

/** Of sockets that a protocol is served on. */
export function transportOf({ family }: ServedProtocol): 'tcp' | 'udp' {
  return family === 'udp' ? 'udp' : 'tcp';
}
