// SPDX-License-Identifier: Apache-2.0

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import type { CertificateHost } from './certificate-host.ts';
import { type CertificateIssuer, signCertificate, type Validity } from './x509-certificate.ts';

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
  readonly issuer: CertificateIssuer;
  readonly notAfterMs: number;
}

const DAY_MS = 86_400_000;
/** Clocks of clients may be behind ours. */
const BACKDATE_MS = 3_600_000;

/** A new authority with an ECDSA P-256 key. `name` is its common name. */
export async function createAuthority(name: string, lifetime: Lifetime): Promise<CertificateAuthority> {
  const issuer = newIssuer(commonNameText(name));
  const validity = validityOf(lifetime);
  const { subject, publicKey } = issuer;
  const chain = await signCertificate({ profile: { kind: 'authority' }, subject, publicKey, issuer, validity });
  return { pair: { chain, key: pemOf(issuer.privateKey) }, issuer, notAfterMs: validity.notAfter.getTime() };
}

/** Takes up an authority from PEM. Throws an Error that says why when the two do not fit or cannot sign. */
export function loadAuthority(pair: CertificatePair): CertificateAuthority {
  const certificate = new X509Certificate(pair.chain);
  const privateKey = createPrivateKey(pair.key);
  if (!certificate.checkPrivateKey(privateKey)) throw new Error('the private key does not belong to the certificate');
  if (!certificate.ca) throw new Error('the certificate is not one of an authority (basicConstraints CA is false)');
  const subject = certificate.subject.replaceAll('\n', ','); // Node writes one part of the name a line
  const issuer = { subject, privateKey, publicKey: createPublicKey(privateKey) };
  return { pair, issuer, notAfterMs: Date.parse(certificate.validTo) };
}

/** A certificate for servers and clients, signed by the authority; it ends no later than the authority does. */
export async function issueCertificate(
  authority: CertificateAuthority,
  hosts: readonly CertificateHost[],
  lifetime: Lifetime,
): Promise<CertificatePair> {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const validity = validityOf(lifetime);
  const leaf = await signCertificate({
    profile: { kind: 'server', hosts },
    subject: subjectOf(hosts),
    publicKey: keys.publicKey,
    issuer: authority.issuer,
    validity: { ...validity, notAfter: new Date(Math.min(validity.notAfter.getTime(), authority.notAfterMs)) },
  });
  return { chain: leaf + authority.pair.chain, key: pemOf(keys.privateKey) };
}

/** A certificate that signs itself: clients must be given it as their trust root. */
export async function selfSignedCertificate(
  hosts: readonly CertificateHost[],
  lifetime: Lifetime,
): Promise<CertificatePair> {
  const issuer = newIssuer(subjectOf(hosts));
  const { subject, publicKey } = issuer;
  const validity = validityOf(lifetime);
  const chain = await signCertificate({ profile: { kind: 'server', hosts }, subject, publicKey, issuer, validity });
  return { chain, key: pemOf(issuer.privateKey) };
}

function newIssuer(subject: string): CertificateIssuer {
  return { subject, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
}

function validityOf(lifetime: Lifetime): Validity {
  return {
    notBefore: new Date(lifetime.nowMs - BACKDATE_MS),
    notAfter: new Date(lifetime.nowMs + lifetime.days * DAY_MS),
  };
}

/** The first host; a common name has at most 64 characters (RFC 5280 ub-common-name), the names count anyway. */
function subjectOf(hosts: readonly CertificateHost[]): string {
  return commonNameText(hosts.find(host => host.text.length <= 64)?.text ?? 'daemun');
}

/** `CN=…` as RFC 4514 text. */
function commonNameText(name: string): string {
  return `CN=${name.replaceAll(/[,+"\\<>;=#]/g, '\\$&')}`;
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
