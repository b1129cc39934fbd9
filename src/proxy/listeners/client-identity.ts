// SPDX-License-Identifier: Apache-2.0

/**
 * Who a client proved to be, in words: for the access log, and for backends as Envoy tells them (`x-forwarded-client-cert`).
 * Once for each connection. Only of certificates that were verified: what a header says is believed.
 */
import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { alternativeNames } from '../../values/index.ts';
import type { ClientIdentity } from '../http/index.ts';
import { isTlsSocket } from '../io/index.ts';
import { isProven } from './client-proof.ts';
import type { EnteredListener } from './client-rules.ts';

/** Of the header: names over it are left out, so that no certificate makes a request too large for a backend. */
const MAX_HEADER_LENGTH = 4_096;

/** null: the listener asks for nothing, or the client proved nothing. */
export function identityOf(socket: Socket, entered: EnteredListener | null): ClientIdentity | null {
  const clients = entered?.clients ?? null;
  if (clients === null || !isTlsSocket(socket) || !isProven(socket)) return null;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return null;
  const subject = subjectOf(certificate);
  return { subject, header: clients.isForwarded ? headerOf(certificate, subject) : null };
}

/** `CN=a,O=b`, the most specific part first (RFC 4514). */
function subjectOf({ subject }: X509Certificate): string {
  return (subject ?? '').split('\n').filter(Boolean).reverse().join(',');
}

function headerOf(certificate: X509Certificate, subject: string): string {
  const hash = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  let header = `Hash=${hash};Subject=${quoted(subject)}`;
  for (const { type, name } of alternativeNames(certificate.subjectAltName)) {
    if ((type !== 'URI' && type !== 'DNS') || name === '') continue;
    const part = `;${type}=${/[,;="\\]/.test(name) ? quoted(name) : visible(name)}`;
    if (header.length + part.length <= MAX_HEADER_LENGTH) header += part;
  }
  return header;
}

function quoted(text: string): string {
  return `"${visible(text).replace(/["\\]/g, '\\$&')}"`;
}

/** What no field value may hold, and `%`, is percent-encoded. */
function visible(text: string): string {
  return text.replace(/[^\x20-\x24\x26-\x7e]+/g, part => encodeURIComponent(part.toWellFormed()));
}
