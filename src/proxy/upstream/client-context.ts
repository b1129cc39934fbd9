// SPDX-License-Identifier: Apache-2.0

import type { SecureContext } from 'node:tls';
import { nodeTls } from '../../node/index.ts';
import type { Certificate, TrustBundle } from '../../snapshot/index.ts';

/** Whom a client trusts, and who it says it is. null: the authorities of the system; no certificate of its own. */
export interface ClientSecrets {
  readonly trust: TrustBundle | null;
  readonly certificate: Certificate | null;
}

/**
 * The context of a client. Each certificate of the bundle is an end of chains, also one that another authority issued.
 * @throws Error from OpenSSL when certificate or key cannot be used.
 */
export function createClientContext({ trust, certificate }: ClientSecrets): SecureContext {
  return nodeTls().createSecureContext({
    ca: trust === null ? systemAuthorities() : [...trust.pem],
    minVersion: 'TLSv1.2',
    allowPartialTrustChain: true,
    ...(certificate === null ? {} : { cert: certificate.chain, key: certificate.key }),
  });
}

/** Those that the machine has; an image without any trusts the ones that Node brings. */
function systemAuthorities(): string[] {
  const { getCACertificates } = nodeTls();
  const system = getCACertificates('system');
  return system.length > 0 ? system : getCACertificates('bundled');
}
