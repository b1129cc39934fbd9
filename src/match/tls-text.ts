// SPDX-License-Identifier: Apache-2.0

import type { BackendTls, PeerIdentity } from '../snapshot/index.ts';

/** How endpoints are spoken to in TLS: `TLS, server name a.org, a certificate of ConfigMap/default/ca for a.org, as default/client`. */
export function describeTls({ serverName, trust, identities, clientCertificate }: BackendTls): string {
  const authority = trust.kind === 'system' ? 'an authority of the system' : withoutHashes(trust.bundle);
  const names = identities.map(nameOf).join(' or ');
  const client = clientCertificate === null ? '' : `, as ${withoutHashes(clientCertificate)}`;
  return `TLS, server name ${serverName}, a certificate of ${authority} for ${names}${client}`;
}

function nameOf(identity: PeerIdentity): string {
  return identity.kind === 'uri' ? identity.uri : identity.hostname;
}

/** Versions tell nothing here. */
function withoutHashes(id: string): string {
  return id.replaceAll(/@[0-9a-f]+/g, '');
}
