// SPDX-License-Identifier: Apache-2.0

/** X.509 v3 certificates (RFC 5280). The library takes 100 ms to load, so it is loaded when one is minted. */
import type { KeyObject } from 'node:crypto';
import type * as X509 from '@peculiar/x509';
import type { CertificateHost } from './certificate-host.ts';

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** What a certificate may be used for. */
export type CertificateProfile =
  | { readonly kind: 'authority' }
  /** Server and client authentication under these names. */
  | { readonly kind: 'server'; readonly hosts: readonly CertificateHost[] };

/** Who signs. */
export interface CertificateIssuer {
  /** Distinguished name as RFC 4514 text. */
  readonly subject: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface CertificateRequest {
  readonly profile: CertificateProfile;
  /** Distinguished name as RFC 4514 text. */
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly issuer: CertificateIssuer;
  readonly validity: Validity;
}

const SHA256 = 'SHA-256';

/** One certificate as PEM. Rejects for a signing key that is neither EC nor RSA. */
export async function signCertificate(request: CertificateRequest): Promise<string> {
  await import('reflect-metadata'); // the library's dependency injection does not load without it
  const x509 = await import('@peculiar/x509');
  const certificate = await x509.X509CertificateGenerator.create({
    subject: request.subject,
    issuer: request.issuer.subject,
    notBefore: request.validity.notBefore,
    notAfter: request.validity.notAfter,
    publicKey: spki(request.publicKey),
    signingKey: signingKey(request.issuer.privateKey),
    signingAlgorithm: { name: keyAlgorithm(request.issuer.privateKey).name, hash: SHA256 },
    extensions: await extensions(x509, request),
  });
  return `${certificate.toString('pem')}\n`;
}

async function extensions(x509: typeof X509, request: CertificateRequest): Promise<X509.Extension[]> {
  const keyIds = [
    await x509.SubjectKeyIdentifierExtension.create(spki(request.publicKey)),
    await x509.AuthorityKeyIdentifierExtension.create(spki(request.issuer.publicKey)),
  ];
  if (request.profile.kind === 'authority') {
    const signs = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
    const leavesOnly = new x509.BasicConstraintsExtension(true, 0, true);
    return [leavesOnly, new x509.KeyUsagesExtension(signs, true), ...keyIds];
  }
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  const names = request.profile.hosts.map(host => ({ type: host.kind, value: host.text }));
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([serverAuth, clientAuth]),
    new x509.SubjectAlternativeNameExtension(names),
    ...keyIds,
  ];
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

function signingKey(key: KeyObject): ReturnType<KeyObject['toCryptoKey']> {
  return key.toCryptoKey(keyAlgorithm(key), false, ['sign']);
}

/** Names of curves as OpenSSL has them → as Web Crypto has them. */
const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };

function keyAlgorithm(key: KeyObject): { name: string; namedCurve: string } | { name: string; hash: string } {
  if (key.asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: SHA256 };
  const namedCurve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (key.asymmetricKeyType === 'ec' && namedCurve !== undefined) return { name: 'ECDSA', namedCurve };
  throw new Error(
    `an authority's key must be RSA or EC with P-256, P-384 or P-521, not ${key.asymmetricKeyType ?? 'unknown'}`,
  );
}
