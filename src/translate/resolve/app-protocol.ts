// SPDX-License-Identifier: Apache-2.0

import type { Cluster } from '../../snapshot/index.ts';
import type { AttachableRoute } from '../route-kinds.ts';

/** What routes of a kind speak to backends. */
interface RouteProtocols {
  /** The protocol of the Service's port. */
  readonly transport: 'TCP' | 'UDP';
  /** To a port that does not say, or says what is not known: that is no promise, so it is let pass. */
  readonly usual: Cluster['protocol'];
  /** Values of appProtocol, in lower case, that do not carry it in cleartext. */
  readonly refused: ReadonlySet<string>;
  /** For messages. */
  readonly carried: string;
  readonly advice: string;
}

const ENCRYPTED_OR_RAW = ['https', 'kubernetes.io/wss', 'wss', 'tcp', 'tls', 'udp'];

/** Whatever the backend speaks, its clients speak it too. */
const ANY_BYTES = { refused: new Set<string>(), carried: 'bytes', advice: 'Leave it out' };

export const PROTOCOLS: Readonly<Record<AttachableRoute['kind'], RouteProtocols>> = {
  GRPCRoute: {
    transport: 'TCP',
    usual: 'h2',
    refused: new Set([...ENCRYPTED_OR_RAW, 'http', 'kubernetes.io/ws', 'ws']),
    carried: 'gRPC',
    advice: 'Set appProtocol: kubernetes.io/h2c, or leave it out',
  },
  HTTPRoute: {
    transport: 'TCP',
    usual: 'h1',
    refused: new Set(ENCRYPTED_OR_RAW),
    carried: 'HTTP in cleartext',
    advice:
      'TLS to backends is not served yet. For cleartext set appProtocol: http, kubernetes.io/ws or kubernetes.io/h2c, or leave it out',
  },
  TLSRoute: { ...ANY_BYTES, transport: 'TCP', usual: 'tcp' },
  TCPRoute: { ...ANY_BYTES, transport: 'TCP', usual: 'tcp' },
  UDPRoute: { ...ANY_BYTES, transport: 'UDP', usual: 'udp' },
};

/** `grpc` and its kin are not defined by Kubernetes, but mean one thing (see the lint `app-protocol-not-defined`). */
const H2C: ReadonlySet<string> = new Set(['kubernetes.io/h2c', 'h2c', 'http2', 'grpc', 'kubernetes.io/grpc']);

/** What is spoken to a Service's port for routes of a kind; undefined: it speaks nothing that they need. */
export function protocolOf(
  appProtocol: string | undefined,
  kind: AttachableRoute['kind'],
): Cluster['protocol'] | undefined {
  const { usual, refused } = PROTOCOLS[kind];
  if (appProtocol === undefined || usual === 'tcp' || usual === 'udp') return usual;
  const name = appProtocol.toLowerCase();
  if (H2C.has(name)) return 'h2';
  return refused.has(name) ? undefined : usual;
}
