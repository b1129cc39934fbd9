// SPDX-License-Identifier: Apache-2.0

import type { SecureContext } from 'node:tls';
import {
  type Certificate,
  endsTls,
  type Snapshot,
  type TerminatingListener,
  type TlsTermination,
  type TrustBundle,
} from '../../snapshot/index.ts';
import { compareHostnames, hostnameMatches } from '../../values/index.ts';
import { SessionScope, scopeName } from './session-scope.ts';
import type { TicketSecrets } from './ticket-secrets.ts';

const NO_AUTHORITIES: readonly string[] = [];

/**
 * The certificates of a snapshot as OpenSSL contexts, one for each listener and certificate, made when first used. A
 * rotated certificate has a new id, so new handshakes use it, and sessions of the old one end. One per worker.
 */
export class TlsContexts {
  #secrets: TicketSecrets;
  /** By `scopeName`: as many as listeners use certificates. */
  readonly #scopes = new Map<string, SessionScope>();
  /** By listener and id of the certificate, so that a handshake does not write the name of its scope again. */
  readonly #names = new WeakMap<TerminatingListener, Map<string, string>>();
  #certificates: ReadonlyMap<string, Certificate> = new Map();
  #bundles: ReadonlyMap<string, TrustBundle> = new Map();

  constructor(secrets: TicketSecrets) {
    this.#secrets = secrets;
  }

  update({ bindings, certificates, trustBundles }: Pick<Snapshot, 'bindings' | 'certificates' | 'trustBundles'>): void {
    this.#certificates = new Map(certificates.map(certificate => [certificate.id, certificate]));
    this.#bundles = new Map(trustBundles.map(bundle => [bundle.id, bundle]));
    if (this.#scopes.size === 0) return;
    const wanted = new Set<string>();
    for (const binding of bindings)
      for (const listener of binding.listeners)
        if (endsTls(listener)) for (const id of listener.tls.certificates) wanted.add(scopeName(listener, id));
    for (const name of this.#scopes.keys()) if (!wanted.has(name)) this.#scopes.delete(name);
  }

  /** New tickets are written under `secrets.current` from now on; those of the others are taken. */
  rotate(secrets: TicketSecrets): void {
    this.#secrets = secrets;
    for (const scope of this.#scopes.values()) scope.rotate(secrets);
  }

  /**
   * What a handshake for a server name on a listener uses; null: no certificate is there, nothing that clients can be held
   * against, or OpenSSL refuses it.
   * `ticketName`: of the ticket that the client shows, if any.
   */
  contextFor(listener: TerminatingListener, serverName: string, ticketName: Buffer | null): SecureContext | null {
    const certificate = this.#certificateFor(listener.tls, serverName);
    const authorities = this.#authoritiesOf(listener.tls);
    if (certificate === undefined || authorities === undefined) return null;
    const name = this.#nameOf(listener, certificate.id);
    let scope = this.#scopes.get(name);
    if (scope === undefined) {
      scope = new SessionScope(name, { certificate, authorities }, this.#secrets);
      this.#scopes.set(name, scope);
    }
    return scope.contextFor(ticketName);
  }

  #nameOf(listener: TerminatingListener, certificate: string): string {
    const names = this.#names.get(listener) ?? new Map<string, string>();
    const name = names.get(certificate) ?? scopeName(listener, certificate);
    if (names.size === 0) this.#names.set(listener, names);
    names.set(certificate, name);
    return name;
  }

  /** Undefined: they are not there, so that nobody could prove anything. */
  #authoritiesOf({ clients }: TlsTermination): readonly string[] | undefined {
    return clients === null ? NO_AUTHORITIES : this.#bundles.get(clients.bundle)?.pem;
  }

  /** The certificate whose most specific name takes the server name, else the first. Undefined: none is there. */
  #certificateFor(tls: TlsTermination, serverName: string): Certificate | undefined {
    let best: Certificate | undefined;
    let bestName = '';
    for (const id of tls.certificates) {
      const certificate = this.#certificates.get(id);
      if (certificate === undefined) continue;
      best ??= certificate;
      for (const name of certificate.names) {
        if (!hostnameMatches(name, serverName)) continue;
        if (bestName !== '' && compareHostnames(name, bestName) >= 0) continue;
        best = certificate;
        bestName = name;
      }
    }
    return best;
  }
}
