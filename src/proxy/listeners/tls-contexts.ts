// SPDX-License-Identifier: Apache-2.0

import { createSecureContext, type SecureContext } from 'node:tls';
import type { Certificate, TlsTermination } from '../../snapshot/index.ts';
import { compareHostnames, hostnameMatches } from '../../values/index.ts';

/** Tickets are good for this long, in seconds; the same in all workers. */
export const SESSION_TIMEOUT_SECONDS = 7_200;

/**
 * The certificates of a snapshot as OpenSSL contexts, made when first used and kept by certificate id. A rotated
 * certificate has a new id, so it is used by new handshakes only. One per worker.
 */
export class TlsContexts {
  readonly #ticketKeys: Buffer;
  readonly #contexts = new Map<string, SecureContext>();
  #certificates: ReadonlyMap<string, Certificate> = new Map();

  /** `ticketKeys`: 48 bytes, shared by all workers so that a session resumes on any of them. */
  constructor(ticketKeys: Buffer) {
    this.#ticketKeys = ticketKeys;
  }

  update(certificates: readonly Certificate[]): void {
    this.#certificates = new Map(certificates.map(certificate => [certificate.id, certificate]));
    for (const id of this.#contexts.keys()) if (!this.#certificates.has(id)) this.#contexts.delete(id);
  }

  /** The certificate for a server name: the one whose most specific name takes it, else the first. Undefined: none is there. */
  certificateFor(tls: TlsTermination, serverName: string): Certificate | undefined {
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

  /** null: OpenSSL refuses the certificate or its key. */
  contextOf(certificate: Certificate): SecureContext | null {
    const known = this.#contexts.get(certificate.id);
    if (known !== undefined) return known;
    try {
      const context = createSecureContext({
        cert: certificate.chain,
        key: certificate.key,
        ticketKeys: this.#ticketKeys,
        sessionTimeout: SESSION_TIMEOUT_SECONDS,
        sessionIdContext: 'daemun',
        minVersion: 'TLSv1.2',
      });
      this.#contexts.set(certificate.id, context);
      return context;
    } catch {
      return null;
    }
  }
}
