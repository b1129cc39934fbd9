// SPDX-License-Identifier: Apache-2.0

import type { Cluster } from '../../snapshot/index.ts';
import type { AttachableRoute } from '../route-kinds.ts';

/** What routes of a kind speak to backends. */
interface RouteProtocols {
  /** The protocol of the Service's port. */
  readonly transport: 'TCP' | 'UDP';
  /** To a port that does not say, or says what is not known: that is no promise, so it is let pass. */
  readonly usual: Cluster['protocol'];
  /** Values of appProtocol, in lower case, that do not carry it. */
  readonly refused: ReadonlySet<string>;
  /** For messages. */
  readonly carried: string;
  readonly advice: string;
}

const RAW = ['tcp', 'udp'];
/** These ask for TLS, and whom to trust only a BackendTLSPolicy says. */
const ENCRYPTED: ReadonlySet<string> = new Set(['https', 'kubernetes.io/wss', 'wss', 'tls']);

/** Whatever the backend speaks, its clients speak it too. */
const ANY_BYTES = { refused: new Set<string>(), carried: 'bytes', advice: 'Leave it out' };

export const PROTOCOLS: Readonly<Record<AttachableRoute['kind'], RouteProtocols>> = {
  GRPCRoute: {
    transport: 'TCP',
    usual: 'h2',
    refused: new Set([...RAW, 'http', 'kubernetes.io/ws', 'ws', 'kubernetes.io/wss', 'wss']),
    carried: 'gRPC',
    advice: 'Set appProtocol: kubernetes.io/h2c, or leave it out',
  },
  HTTPRoute: {
    transport: 'TCP',
    usual: 'h1',
    refused: new Set(RAW),
    carried: 'HTTP',
    advice: 'Set appProtocol: http, kubernetes.io/ws or kubernetes.io/h2c, or leave it out',
  },
  TLSRoute: { ...ANY_BYTES, transport: 'TCP', usual: 'tcp' },
  TCPRoute: { ...ANY_BYTES, transport: 'TCP', usual: 'tcp' },
  UDPRoute: { ...ANY_BYTES, transport: 'UDP', usual: 'udp' },
};

/** `grpc` and its kin are not defined by Kubernetes, but mean one thing (see the lint `app-protocol-not-defined`). */
const H2C: ReadonlySet<string> = new Set(['kubernetes.io/h2c', 'h2c', 'http2', 'grpc', 'kubernetes.io/grpc']);

/**
 * What is spoken to a Service's port for routes of a kind, or why there is nothing that they need. `isSecure`: in TLS, because a
 * BackendTLSPolicy says so.
 */
export function protocolOf(
  appProtocol: string | undefined,
  kind: AttachableRoute['kind'],
  isSecure: boolean,
): Cluster['protocol'] | { readonly why: string; readonly advice: string } {
  const { usual, refused, carried, advice } = PROTOCOLS[kind];
  if (appProtocol === undefined || usual === 'tcp' || usual === 'udp') return usual;
  const name = appProtocol.toLowerCase();
  if (H2C.has(name)) return 'h2';
  if (refused.has(name)) return { why: `does not carry ${carried}`, advice };
  if (isSecure || !ENCRYPTED.has(name)) return usual;
  return {
    why: 'is TLS, and no BackendTLSPolicy says whom to trust',
    advice: `Add a BackendTLSPolicy for the Service. ${advice} where it speaks cleartext`,
  };
}
