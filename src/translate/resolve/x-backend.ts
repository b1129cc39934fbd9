// SPDX-License-Identifier: Apache-2.0

import type { BackendObjectReference, XBackend } from '../../resources/index.ts';
import type { BackendTls, Cluster, SessionPersistence } from '../../snapshot/index.ts';
import type { AttachableRoute } from '../route-kinds.ts';

/** An XBackend, judged by itself. */
export interface JudgedXBackend {
  readonly backend: XBackend;
  /** null: cleartext. */
  readonly tls: XBackendTls | null;
  readonly session: SessionPersistence | null;
}

export interface XBackendTls {
  /** null: it cannot be used as it is written, and nothing may be sent. */
  readonly tls: Omit<BackendTls, 'clientCertificate'> | null;
  /** `namespace/name` of the Secret whose certificate is shown; null: none is. */
  readonly clientSecret: string | null;
}

/** By `namespace/name`; each keeps its identity while it is unchanged. */
export type XBackends = ReadonlyMap<string, JudgedXBackend>;

type Protocol = NonNullable<XBackend['spec']['protocol']>;

/** What is spoken for routes of requests; a protocol that is missing does not carry them. Version negotiation is what we make of HTTP. */
const SPOKEN: Readonly<Record<'HTTPRoute' | 'GRPCRoute', Readonly<Partial<Record<Protocol, Cluster['protocol']>>>>> = {
  HTTPRoute: { HTTP: 'h1', HTTP11: 'h1', MCP: 'h1', WSS: 'h1', HTTP2: 'h2', H2C: 'h2', GRPC: 'h2' },
  GRPCRoute: { HTTP: 'h2', HTTP2: 'h2', H2C: 'h2', GRPC: 'h2' },
};

/**
 * What is spoken to an XBackend for routes of a kind, or why it cannot be. `passes`: clients' own TLS goes on as it is, so that there
 * would be TLS in TLS.
 */
export function xBackendProtocol(
  { backend, tls }: JudgedXBackend,
  kind: AttachableRoute['kind'],
  passes: boolean,
): Cluster['protocol'] | { readonly why: string; readonly advice: string } {
  const { protocol } = backend.spec;
  switch (kind) {
    case 'HTTPRoute':
    case 'GRPCRoute': {
      const usual = kind === 'GRPCRoute' ? 'h2' : 'h1';
      const spoken = protocol === undefined ? usual : SPOKEN[kind][protocol];
      if (spoken !== undefined) return spoken;
      const carrying = Object.keys(SPOKEN[kind]).join(', ');
      return {
        why: `has protocol ${protocol}, which does not carry what ${kind}s do`,
        advice: `Set one of ${carrying}`,
      };
    }
    case 'UDPRoute':
      if (protocol === undefined && tls === null) return 'udp';
      return { why: 'is spoken to over TCP', advice: 'Leave protocol and tls out for UDP' };
    case 'TCPRoute':
    case 'TLSRoute':
      // Whatever the backend speaks, its clients speak it too.
      if (!passes || tls === null) return 'tcp';
      return {
        why: 'has TLS, and what clients send is TLS already',
        advice: 'Set tls: with mode: None, or terminate TLS at the listener',
      };
  }
}

/** `namespace/name` of what is referred to. */
export function xBackendKey(ref: BackendObjectReference, ownNamespace: string): string {
  return `${ref.namespace ?? ownNamespace}/${ref.name}`;
}
