// SPDX-License-Identifier: Apache-2.0

/** X.509 v3 certificates (RFC 5280) with ECDSA signatures, written with `der.ts` and signed by `node:crypto`. */
import { type KeyObject, randomBytes, sign } from 'node:crypto';
import { type CertificateHost, ipBytes } from './certificate-host.ts';
import {
  derBitString,
  derBoolean,
  derContext,
  derContextPrimitive,
  derOctetString,
  derOid,
  derSequence,
  derSet,
  derTime,
  derUnsigned,
  derUtf8,
} from './der.ts';

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** What a certificate may be used for. */
export type CertificateProfile =
  | { readonly kind: 'authority' }
  /** Server and client authentication under these names. */
  | { readonly kind: 'server'; readonly hosts: readonly CertificateHost[] };

export interface CertificateRequest {
  readonly profile: CertificateProfile;
  /** Common name. */
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly keyId: Buffer;
  readonly issuer: { readonly subject: string; readonly key: KeyObject; readonly keyId: Buffer };
  readonly validity: Validity;
}

const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

const DER_NULL = Buffer.from([5, 0]);

/** One certificate as PEM. Throws for a signing key that is neither EC nor RSA. */
export function signCertificate(request: CertificateRequest): string {
  const algorithm = signatureAlgorithm(request.issuer.key);
  const body = certificateBody(request, algorithm);
  const signature = sign('sha256', body, request.issuer.key);
  const der = derSequence(body, algorithm, derBitString(signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function signatureAlgorithm(key: KeyObject): Buffer {
  if (key.asymmetricKeyType === 'ec') return derSequence(derOid(OID.ecdsaWithSha256));
  if (key.asymmetricKeyType === 'rsa') return derSequence(derOid(OID.sha256WithRsa), DER_NULL);
  throw new Error(`an authority's key must be EC or RSA, not ${key.asymmetricKeyType ?? 'unknown'}`);
}

/** TBSCertificate. */
function certificateBody(request: CertificateRequest, algorithm: Buffer): Buffer {
  const version3 = derContext(0, derUnsigned(Buffer.from([2])));
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40; // positive, and never shorter
  return derSequence(
    version3,
    derUnsigned(serial),
    algorithm,
    distinguishedName(request.issuer.subject),
    derSequence(derTime(request.validity.notBefore), derTime(request.validity.notAfter)),
    distinguishedName(request.subject),
    request.publicKey.export({ type: 'spki', format: 'der' }),
    derContext(3, derSequence(...extensions(request))),
  );
}

function distinguishedName(commonName: string): Buffer {
  return derSequence(derSet(derSequence(derOid(OID.commonName), derUtf8(commonName))));
}

function extensions(request: CertificateRequest): Buffer[] {
  const keyIds = [
    extension(OID.subjectKeyId, derOctetString(request.keyId)),
    extension(OID.authorityKeyId, derSequence(derContextPrimitive(0, request.issuer.keyId))),
  ];
  if (request.profile.kind === 'authority') {
    const authority = derSequence(derBoolean(true), derUnsigned(Buffer.from([0]))); // signs leaves only
    const certSignAndCrlSign = derBitString(Buffer.from([0b0000_0110]), 1);
    return [
      criticalExtension(OID.basicConstraints, authority),
      criticalExtension(OID.keyUsage, certSignAndCrlSign),
      ...keyIds,
    ];
  }
  const digitalSignature = derBitString(Buffer.from([0b1000_0000]), 7);
  return [
    criticalExtension(OID.basicConstraints, derSequence()),
    criticalExtension(OID.keyUsage, digitalSignature),
    extension(OID.extendedKeyUsage, derSequence(derOid(OID.serverAuth), derOid(OID.clientAuth))),
    extension(OID.subjectAltName, derSequence(...request.profile.hosts.map(generalName))),
    ...keyIds,
  ];
}

function extension(oid: string, value: Buffer): Buffer {
  return derSequence(derOid(oid), derOctetString(value));
}

function criticalExtension(oid: string, value: Buffer): Buffer {
  return derSequence(derOid(oid), derBoolean(true), derOctetString(value));
}

function generalName(host: CertificateHost): Buffer {
  if (host.kind === 'ip') return derContextPrimitive(7, ipBytes(host.text));
  return derContextPrimitive(2, Buffer.from(host.text));
}
