// SPDX-License-Identifier: Apache-2.0

import type { SecureContext } from 'node:tls';
import { nodeTls } from '../../node/index.ts';
import type { Certificate, TrustBundle } from '../../snapshot/index.ts';

/** Whom a client trusts, and who it says it is. null: the authorities of the system; no certificate of its own. */
export interface ClientSecrets {
  readonly trust: TrustBundle | null;
  readonly certificate: Certificate | null;
}

/** Stand for the authorities of the system, and for no certificate. */
const SYSTEM = {};
const ANONYMOUS = {};

/**
 * The contexts of a thread's clients. Those with the same secrets share one: the authorities of a system alone may take 70 ms and
 * 2 MiB to read, in which nothing else is served. A context goes when its bundle or certificate has left all snapshots.
 */
export class ClientContexts {
  readonly #made = new WeakMap<object, WeakMap<object, SecureContext>>();

  /** @throws Error from OpenSSL when certificate or key cannot be used. */
  of(secrets: ClientSecrets): SecureContext {
    const trusting = this.#of(secrets.trust ?? SYSTEM);
    const holder = secrets.certificate ?? ANONYMOUS;
    const context = trusting.get(holder) ?? createClientContext(secrets);
    trusting.set(holder, context);
    return context;
  }

  #of(trust: object): WeakMap<object, SecureContext> {
    const trusting = this.#made.get(trust) ?? new WeakMap<object, SecureContext>();
    this.#made.set(trust, trusting);
    return trusting;
  }
}

/** Each certificate of the bundle is an end of chains, also one that another authority issued. */
function createClientContext({ trust, certificate }: ClientSecrets): SecureContext {
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
