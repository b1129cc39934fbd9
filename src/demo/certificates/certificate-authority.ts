// SPDX-License-Identifier: Apache-2.0

import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import type { CertificateHost } from './certificate-host.ts';
import { signCertificate, type Validity } from './x509-certificate.ts';

/** A certificate with its private key, both PEM. */
export interface CertificatePair {
  /** Leaf first; of an issued certificate the authority's own follows. */
  readonly chain: string;
  /** PKCS #8. */
  readonly key: string;
}

/** How long, and from when, a certificate is valid. */
export interface Lifetime {
  readonly nowMs: number;
  readonly days: number;
}

/** An authority that is ready to sign. */
export interface CertificateAuthority {
  readonly pair: CertificatePair;
  readonly subject: string;
  readonly key: KeyObject;
  /** Subject key identifier of the authority. */
  readonly keyId: Buffer;
  readonly notAfterMs: number;
}

const DAY_MS = 86_400_000;
/** Clocks of clients may be behind ours. */
const BACKDATE_MS = 3_600_000;

/** A new authority with an ECDSA P-256 key. `name` is its common name. */
export function createAuthority(name: string, lifetime: Lifetime): CertificateAuthority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyId = keyIdOf(keys.publicKey);
  const validity = validityOf(lifetime);
  const chain = signCertificate({
    profile: { kind: 'authority' },
    subject: name,
    publicKey: keys.publicKey,
    keyId,
    issuer: { subject: name, key: keys.privateKey, keyId },
    validity,
  });
  const pair = { chain, key: pemOf(keys.privateKey) };
  return { pair, subject: name, key: keys.privateKey, keyId, notAfterMs: validity.notAfter.getTime() };
}

/** Takes up an authority from PEM. Throws an Error that says why when the two do not fit or cannot sign. */
export function loadAuthority(pair: CertificatePair): CertificateAuthority {
  const certificate = new X509Certificate(pair.chain);
  const key = createPrivateKey(pair.key);
  if (!certificate.checkPrivateKey(key)) throw new Error('the private key does not belong to the certificate');
  if (!certificate.ca) throw new Error('the certificate is not one of an authority (basicConstraints CA is false)');
  const name = /^CN=(.*)$/m.exec(certificate.subject)?.[1];
  if (name === undefined || certificate.subject.includes('\n')) {
    throw new Error(
      `only an authority with a common name and no other subject field can sign here, not "${certificate.subject}"`,
    );
  }
  const keyId = keyIdOf(certificate.publicKey);
  return { pair, subject: name, key, keyId, notAfterMs: Date.parse(certificate.validTo) };
}

/** A certificate for servers and clients, signed by the authority; it ends no later than the authority does. */
export function issueCertificate(
  authority: CertificateAuthority,
  hosts: readonly CertificateHost[],
  lifetime: Lifetime,
): CertificatePair {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const validity = validityOf(lifetime);
  const leaf = signCertificate({
    profile: { kind: 'server', hosts },
    subject: commonName(hosts),
    publicKey: keys.publicKey,
    keyId: keyIdOf(keys.publicKey),
    issuer: authority,
    validity: { ...validity, notAfter: new Date(Math.min(validity.notAfter.getTime(), authority.notAfterMs)) },
  });
  return { chain: leaf + authority.pair.chain, key: pemOf(keys.privateKey) };
}

/** A certificate that signs itself: clients must be given it as their trust root. */
export function selfSignedCertificate(hosts: readonly CertificateHost[], lifetime: Lifetime): CertificatePair {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyId = keyIdOf(keys.publicKey);
  const subject = commonName(hosts);
  const chain = signCertificate({
    profile: { kind: 'server', hosts },
    subject,
    publicKey: keys.publicKey,
    keyId,
    issuer: { subject, key: keys.privateKey, keyId },
    validity: validityOf(lifetime),
  });
  return { chain, key: pemOf(keys.privateKey) };
}

function validityOf(lifetime: Lifetime): Validity {
  return {
    notBefore: new Date(lifetime.nowMs - BACKDATE_MS),
    notAfter: new Date(lifetime.nowMs + lifetime.days * DAY_MS),
  };
}

/** The first host; a common name has at most 64 characters (RFC 5280 ub-common-name), the names count anyway. */
function commonName(hosts: readonly CertificateHost[]): string {
  return hosts.find(host => host.text.length <= 64)?.text ?? 'daemun';
}

/** RFC 5280 §4.2.1.2, method 1, over the whole key info. */
function keyIdOf(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
